package org.layerwise.examples.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiFunction;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * The updaters that compete: DL4J's own and this library's, with their default settings but for K-FAC's clip. The centre
 * of the grid of learning rates belongs to the loss; it was found by coarser runs, which saves points of the grid.
 */
public enum Optimizer {
    /** Adam of DL4J. */
    ADAM("Adam", 3e-3, 1e-3, (rate, loss) -> new Adam(rate)),
    /** AMSGrad of DL4J. */
    AMSGRAD("AMSGrad", 3e-3, 1e-3, (rate, loss) -> new AMSGrad(rate)),
    /** Nesterov momentum of DL4J. */
    NESTEROVS("Nesterov momentum 0.9", 1e-2, 1e-1, (rate, loss) -> new Nesterovs(rate, 0.9)),
    /** K-FAC; its clip follows the loss. */
    KFAC(
            "K-FAC",
            .1,
            .03,
            (rate, loss) ->
                    Kfac.builder().learningRate(rate).klClip(loss.klClip()).build()),
    /** FOOF. */
    FOOF(
            "FOOF",
            .03,
            .03,
            (rate, loss) ->
                    Foof.builder().learningRate(rate).klClip(loss.klClip()).build()),
    /** SOAP. */
    SOAP("SOAP", 3e-3, 3e-3, (rate, loss) -> new Soap(rate)),
    /** Shampoo. */
    SHAMPOO("Shampoo", 3e-3, 1e-3, (rate, loss) -> new Shampoo(rate)),
    /** Muon. */
    MUON("Muon", .02, .02, (rate, loss) -> new Muon(rate)),
    /** Scion without the ball's constraint, which would need weight decay. */
    SCION("Scion", 3e-3, 3e-3, (rate, loss) -> new Scion(rate)),
    /** PSGD with Kronecker factors. */
    PSGD("PSGD", 3e-3, 3e-3, (rate, loss) -> new PsgdKron(rate));

    private final String label;
    private final double pixelsCentre;
    private final double classesCentre;
    private final BiFunction<Double, Loss, IUpdater> factory;

    Optimizer(String label, double pixelsCentre, double classesCentre, BiFunction<Double, Loss, IUpdater> factory) {
        this.label = label;
        this.pixelsCentre = pixelsCentre;
        this.classesCentre = classesCentre;
        this.factory = factory;
    }

    /** Name in files and of its colour. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The id, also for the command line's help. */
    @Override
    public String toString() {
        return id();
    }

    /** Name in the report. */
    String label() {
        return label;
    }

    /** Learning rate in the middle of the grid. */
    double centre(Loss loss) {
        return loss == Loss.PIXELS ? pixelsCentre : classesCentre;
    }

    /** Its configuration for a network. */
    IUpdater updater(double rate, Loss loss) {
        return factory.apply(rate, loss);
    }

    /** Whether it is this library's. */
    boolean layerwise() {
        return updater(1, Loss.CLASSES) instanceof LayerwiseUpdater;
    }

    /** The one with this id. */
    static Optimizer of(String id) {
        return Arrays.stream(values())
                .filter(optimizer -> optimizer.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Optimizer '" + id + "' is none of "
                        + Arrays.stream(values()).map(Optimizer::id).toList()));
    }
}
