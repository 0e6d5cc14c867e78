package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Updaters;
import org.nd4j.linalg.schedule.ISchedule;

/** Every updater of the registry, for what all of them promise alike. */
final class Methods {
    private Methods() {}

    /**
     * An updater with the defaults of its class.
     *
     * @param name for reports
     * @param statistics whether it takes statistics of layers, and serves dense layers alone
     * @param constant with a learning rate
     * @param scheduled with a schedule
     * @param linear with a learning rate, and without what makes a step anything but a multiple of its rate: a KL clip, and
     *     a velocity that remembers the rates of earlier steps
     */
    record Method(
            String name,
            boolean statistics,
            DoubleFunction<LayerwiseUpdater<?>> constant,
            Function<ISchedule, LayerwiseUpdater<?>> scheduled,
            DoubleFunction<LayerwiseUpdater<?>> linear) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Far above the squared length of any step in these tests. */
    private static final double NO_CLIP = 1e12;

    static List<Method> all() {
        return Updaters.all().stream().map(Methods::method).toList();
    }

    private static Method method(Updaters.Entry entry) {
        LayerwiseUpdater<?> updater = entry.updater();
        return new Method(
                updater.getClass().getSimpleName(),
                updater.settings().needsSamples(),
                entry::updater,
                schedule -> entry.builder().learningRate(schedule).build(),
                rate -> linear(entry.builder().learningRate(rate)).build());
    }

    private static LayerwiseUpdater.Builder<?> linear(LayerwiseUpdater.Builder<?> builder) {
        if (builder instanceof Kfac.Builder kfac) {
            return kfac.momentum(0).klClip(NO_CLIP);
        }
        return builder instanceof Foof.Builder foof ? foof.momentum(0).klClip(NO_CLIP) : builder;
    }
}
