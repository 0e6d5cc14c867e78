package org.layerwise.integration;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.NormBall;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.learning.config.Adam;

/**
 * An updater with one learning rate for every small objective, and the parameters that it must precondition. A new updater
 * joins by one line.
 */
enum Candidate {
    KFAC("Kfac", Part.FEED_FORWARD, () -> kfac().build()),
    KFAC_EMPIRICAL(
            "Kfac with the empirical Fisher",
            Part.FEED_FORWARD,
            () -> kfac().fisher(FisherEstimator.empirical()).build()),
    KFAC_EXACT(
            "Kfac with exact Fisher and damping",
            Part.FEED_FORWARD,
            () -> kfac().fisher(FisherEstimator.exact())
                    .damping(Damping.exact(.1))
                    .build()),
    EKFAC(
            "Kfac, eigenvalues corrected",
            Part.FEED_FORWARD,
            () -> kfac().eigenvalueCorrected(true).build()),
    FOOF(
            "Foof",
            Part.FEED_FORWARD,
            () -> Foof.builder().learningRate(.03).fallback(new Adam(.05)).build()),
    SOAP("Soap", Part.MATRICES, () -> new Soap(.06)),
    ESHAMPOO(
            "Soap as eigenvalue-corrected Shampoo",
            Part.MATRICES,
            () -> Soap.eigenvalueCorrectedShampoo()
                    .learningRate(.06)
                    .refresh(Period.every(5))
                    .build()),
    SHAMPOO("Shampoo", Part.MATRICES, () -> new Shampoo(.06)),
    PSGD("PsgdKron", Part.MATRICES, () -> new PsgdKron(.06)),
    MUON(
            "Muon",
            Part.HIDDEN_MATRICES,
            () -> Muon.builder().learningRate(.1).fallback(new Adam(.05)).build()),
    /** With radii that suit narrow layers. */
    SCION(
            "Scion",
            Part.ALL,
            () -> Scion.builder()
                    .learningRate(.15)
                    .ball(Role.OUTPUT, NormBall.of(NormBall.Norm.SIGN, 3))
                    .ball(Role.CONVOLUTION, NormBall.of(NormBall.Norm.SPECTRAL, 4))
                    .build());

    private static final Set<Candidate> VARIANTS = EnumSet.of(KFAC_EMPIRICAL, KFAC_EXACT, EKFAC);

    private final String title;
    private final Set<Part> covers;
    private final Supplier<? extends LayerwiseUpdater<?>> updater;

    Candidate(String title, Set<Part> covers, Supplier<? extends LayerwiseUpdater<?>> updater) {
        this.title = title;
        this.covers = covers;
        this.updater = updater;
    }

    private static Kfac.Builder kfac() {
        return Kfac.builder().learningRate(.1).fallback(new Adam(.05));
    }

    LayerwiseUpdater<?> updater() {
        return updater.get();
    }

    /** What it preconditions of a network; biases count with their matrix or not at all. */
    Set<Part> covers() {
        return covers;
    }

    /** Whether to train it: a variant of K-FAC differs from K-FAC only where no fallback takes part. */
    boolean trains(Objective objective) {
        return !VARIANTS.contains(this) || objective.share(this) == 1;
    }

    /** Whether it trains without attaching, in SameDiff. */
    boolean needsGradientsAlone() {
        return !updater().settings().needsSamples();
    }

    @Override
    public String toString() {
        return title;
    }
}
