package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.testing.EveryClass;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Updaters;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * The updaters of the registry, variants of K-FAC, and two of DL4J's as controls. Where there are periods, statistics fall on
 * every second step and refreshes on every third, so that a few steps meet each combination of the two.
 */
final class EveryUpdater {
    /** The learning rate of all of them. */
    static final double RATE = .02;

    private static final List<EveryUpdater> ALL = new ArrayList<>();

    static {
        Updaters.all().forEach(entry -> add(entry.name(), entry::builder));
    }

    static final EveryUpdater KFAC = named("kfac");
    static final EveryUpdater SOAP = named("soap");
    private static final EveryUpdater KFAC_EMPIRICAL =
            add("kfac, empirical", () -> Kfac.builder().fisher(FisherEstimator.empirical()));
    private static final EveryUpdater KFAC_EXACT =
            add("kfac, exact", () -> Kfac.builder().fisher(FisherEstimator.exact()));
    private static final List<EveryUpdater> CONTROLS = List.of(
            add("adam", (strict, rate) -> new Adam(rate)),
            add("nesterovs", (strict, rate) -> new Nesterovs(rate, Nesterovs.DEFAULT_NESTEROV_MOMENTUM)));

    private final String name;
    private final BiFunction<Boolean, Double, IUpdater> factory;

    private EveryUpdater(String name, BiFunction<Boolean, Double, IUpdater> factory) {
        this.name = name;
        this.factory = factory;
    }

    private static EveryUpdater add(String name, BiFunction<Boolean, Double, IUpdater> factory) {
        EveryUpdater updater = new EveryUpdater(name, factory);
        ALL.add(updater);
        return updater;
    }

    /** A way to start a configuration. */
    private interface Start {
        LayerwiseUpdater.Builder<?> builder();
    }

    private static EveryUpdater add(String name, Start start) {
        return add(
                name,
                (strict, rate) -> EveryClass.frequent(start.builder())
                        .strict(strict)
                        .learningRate(rate)
                        .build());
    }

    private static EveryUpdater named(String name) {
        return ALL.stream()
                .filter(updater -> updater.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    static List<EveryUpdater> values() {
        return List.copyOf(ALL);
    }

    /** All but the controls. */
    static Stream<EveryUpdater> ours() {
        return ALL.stream().filter(updater -> !updater.control());
    }

    /** One of each class. */
    static Stream<EveryUpdater> classes() {
        return ours().filter(updater -> updater != KFAC_EMPIRICAL && updater != KFAC_EXACT);
    }

    static Stream<EveryUpdater> controls() {
        return CONTROLS.stream();
    }

    boolean control() {
        return CONTROLS.contains(this);
    }

    /** Whether it needs more than gradients. */
    boolean needsStatistics() {
        return updater() instanceof LayerwiseUpdater<?> ours && ours.settings().needsSamples();
    }

    IUpdater updater() {
        return updater(false, RATE);
    }

    IUpdater strict() {
        return updater(true, RATE);
    }

    IUpdater updater(boolean strict, double rate) {
        return factory.apply(strict, rate);
    }

    @Override
    public String toString() {
        return name;
    }
}
