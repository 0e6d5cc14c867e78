package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.schedule.ISchedule;

/** Every updater, for what all of them promise alike. A new one joins by one line of {@link #all}. */
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
        return List.of(
                method("Kfac", true, Kfac::new, Kfac::new, Methods::linearKfac),
                method("Foof", true, Foof::new, Foof::new, Methods::linearFoof),
                method("Muon", false, Muon::new, Muon::new, Muon::new),
                method("PsgdKron", false, PsgdKron::new, PsgdKron::new, PsgdKron::new),
                method("Scion", false, Scion::new, Scion::new, Scion::new),
                method("Shampoo", false, Shampoo::new, Shampoo::new, Shampoo::new),
                method("Soap", false, Soap::new, Soap::new, Soap::new));
    }

    private static Method method(
            String name,
            boolean statistics,
            DoubleFunction<LayerwiseUpdater<?>> constant,
            Function<ISchedule, LayerwiseUpdater<?>> scheduled,
            DoubleFunction<LayerwiseUpdater<?>> linear) {
        return new Method(name, statistics, constant, scheduled, linear);
    }

    private static Kfac linearKfac(double rate) {
        return Kfac.builder().learningRate(rate).momentum(0).klClip(NO_CLIP).build();
    }

    private static Foof linearFoof(double rate) {
        return Foof.builder().learningRate(rate).momentum(0).klClip(NO_CLIP).build();
    }
}
