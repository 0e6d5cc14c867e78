package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Period;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * The updaters, and two of DL4J's as controls. Where there are periods, statistics fall on every second step and refreshes on
 * every third, so that a few steps meet each combination of the two.
 */
enum EveryUpdater {
    KFAC(strict -> kfac(strict).build()),
    KFAC_EMPIRICAL(strict -> kfac(strict).fisher(FisherEstimator.empirical()).build()),
    KFAC_EXACT(strict -> kfac(strict).fisher(FisherEstimator.exact()).build()),
    FOOF(strict -> Foof.builder()
            .statistics(Period.every(2))
            .refresh(Period.every(3))
            .strict(strict)
            .build()),
    SOAP(strict -> Soap.builder()
            .blockSize(4)
            .statistics(Period.every(2))
            .refresh(Period.every(3))
            .strict(strict)
            .build()),
    SHAMPOO(strict -> Shampoo.builder()
            .statistics(Period.every(2))
            .refresh(Period.every(3))
            .strict(strict)
            .build()),
    MUON(strict -> Muon.builder().strict(strict).build()),
    SCION(strict -> Scion.builder().strict(strict).build()),
    PSGD_KRON(
            strict -> PsgdKron.builder().updates(Period.every(2)).strict(strict).build()),
    ADAM(strict -> new Adam()),
    NESTEROVS(strict -> new Nesterovs());

    /** The learning rate of all of them. */
    static final double RATE = .02;

    private final Function<Boolean, IUpdater> factory;

    EveryUpdater(Function<Boolean, IUpdater> factory) {
        this.factory = factory;
    }

    private static Kfac.Builder kfac(boolean strict) {
        return Kfac.builder()
                .statistics(Period.every(2))
                .refresh(Period.every(3))
                .strict(strict);
    }

    /** All but the controls. */
    static Stream<EveryUpdater> ours() {
        return Stream.of(values()).filter(updater -> !updater.control());
    }

    /** One of each class. */
    static Stream<EveryUpdater> seven() {
        return ours().filter(updater -> updater != KFAC_EMPIRICAL && updater != KFAC_EXACT);
    }

    static Stream<EveryUpdater> controls() {
        return Stream.of(values()).filter(EveryUpdater::control);
    }

    boolean control() {
        return this == ADAM || this == NESTEROVS;
    }

    /** Whether it needs more than gradients. */
    boolean needsStatistics() {
        return List.of(KFAC, KFAC_EMPIRICAL, KFAC_EXACT, FOOF).contains(this);
    }

    IUpdater updater() {
        return updater(false, RATE);
    }

    IUpdater strict() {
        return updater(true, RATE);
    }

    IUpdater updater(boolean strict, double rate) {
        IUpdater updater = factory.apply(strict);
        updater.setLrAndSchedule(rate, null);
        return updater;
    }
}
