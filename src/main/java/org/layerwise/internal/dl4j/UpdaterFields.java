package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;

/** Where a configuration keeps the updaters that it hands out by parameter. */
final class UpdaterFields {
    private UpdaterFields() {}

    /**
     * A field of a configuration.
     *
     * @param name for messages
     * @param get reads it; null if there is none
     * @param set writes it
     */
    record Field(String name, Supplier<@Nullable IUpdater> get, Consumer<IUpdater> set) {}

    /** The fields of a configuration, through wrappers; of a bidirectional layer those of both directions. */
    static List<Field> of(TrainingConfig configuration) {
        List<Field> fields = new ArrayList<>();
        if (configuration instanceof BaseLayer base) {
            fields.add(new Field("updater", base::getIUpdater, base::setIUpdater));
            fields.add(new Field("biasUpdater", base::getBiasUpdater, base::setBiasUpdater));
        } else if (configuration instanceof BaseWrapperLayer wrapper) {
            return of(wrapper.getUnderlying());
        } else if (configuration instanceof Bidirectional bidirectional) {
            fields.addAll(of(bidirectional.getFwd()));
            fields.addAll(of(bidirectional.getBwd()));
        } else if (configuration instanceof AbstractSameDiffLayer layer) {
            fields.add(new Field("updater", layer::getUpdater, layer::setUpdater));
            fields.add(new Field("biasUpdater", layer::getBiasUpdater, layer::setBiasUpdater));
        } else if (configuration instanceof SameDiffVertex vertex) {
            fields.add(new Field("updater", vertex::getUpdater, vertex::setUpdater));
            fields.add(new Field("biasUpdater", vertex::getBiasUpdater, vertex::setBiasUpdater));
        }
        return fields;
    }

    /** Replaces an updater wherever a configuration keeps an equal one. */
    static void replace(TrainingConfig configuration, IUpdater requested, IUpdater replacement) {
        for (Field field : of(configuration)) {
            IUpdater kept = field.get.get();
            if (kept != null && kept.equals(requested)) {
                field.set.accept(replacement);
            }
        }
    }
}
