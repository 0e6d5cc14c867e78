package org.layerwise.integration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.layerwise.method.Matrix;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.NormBall;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Soap;
import org.layerwise.updater.Updaters;
import org.nd4j.linalg.learning.config.Adam;

/**
 * An updater with one learning rate for every small objective, and the parameters that it must precondition. Every updater of
 * the registry takes part; what is said here are variants, and what the defaults would get wrong on small networks.
 */
final class Candidate {
    /** Of those whose fallback serves matrices too: the default rate is too low for networks of a few steps. */
    private static final Adam FALLBACK = new Adam(.05);

    private static final Map<String, Double> RATES = Map.of("foof", .03, "scion", .15);

    /** What must be preconditioned, for those of which that is not read off the settings. */
    private static final Map<String, Set<Part>> COVERS = Map.of(
            "kfac", Part.SAMPLED,
            "foof", Part.SAMPLED,
            "soap", Part.MATRICES,
            "shampoo", Part.MATRICES,
            "psgd", Part.MATRICES,
            "muon", Part.HIDDEN_MATRICES,
            "scion", Part.ALL);

    private static final List<Candidate> ALL = new ArrayList<>();

    static {
        Updaters.all().forEach(entry -> ALL.add(of(entry)));
        variantOfKfac(
                "Kfac with the empirical Fisher",
                () -> kfac().fisher(FisherEstimator.empirical()).build());
        variantOfKfac(
                "Kfac with exact Fisher and damping",
                () -> kfac().fisher(FisherEstimator.exact())
                        .damping(Damping.exact(.1))
                        .build());
        variantOfKfac(
                "Kfac, eigenvalues corrected",
                () -> kfac().eigenvalueCorrected(true).build());
        ALL.add(new Candidate(
                "Soap as eigenvalue-corrected Shampoo",
                Part.MATRICES,
                false,
                () -> Soap.eigenvalueCorrectedShampoo()
                        .learningRate(.06)
                        .refresh(Period.every(5))
                        .build()));
    }

    private final String title;
    private final Set<Part> covers;
    private final boolean variant;
    private final Supplier<? extends LayerwiseUpdater<?>> updater;

    private Candidate(
            String title, Set<Part> covers, boolean variant, Supplier<? extends LayerwiseUpdater<?>> updater) {
        this.title = title;
        this.covers = covers;
        this.variant = variant;
        this.updater = updater;
    }

    private static Candidate of(Updaters.Entry entry) {
        Set<Part> covers =
                COVERS.getOrDefault(entry.name(), covers(entry.updater().settings()));
        boolean leavesMatrices = !covers.containsAll(Part.MATRICES);
        double rate = RATES.getOrDefault(entry.name(), leavesMatrices ? .1 : .06);
        return new Candidate(entry.updater().getClass().getSimpleName(), covers, false, () -> {
            LayerwiseUpdater.Builder<?> builder = entry.builder().learningRate(rate);
            return (leavesMatrices ? builder.fallback(FALLBACK) : forNarrowLayers(builder)).build();
        });
    }

    /** Scion's radii are those of wide layers. */
    private static LayerwiseUpdater.Builder<?> forNarrowLayers(LayerwiseUpdater.Builder<?> builder) {
        return builder instanceof Scion.Builder scion
                ? scion.ball(Role.OUTPUT, NormBall.of(NormBall.Norm.SIGN, 3))
                        .ball(Role.CONVOLUTION, NormBall.of(NormBall.Norm.SPECTRAL, 4))
                : builder;
    }

    private static Set<Part> covers(UpdaterSettings settings) {
        if (settings.needsSamples()) {
            return Part.SAMPLED;
        }
        if (has(settings, Role.VECTOR)) {
            return Part.ALL;
        }
        return has(settings, Role.OUTPUT) ? Part.MATRICES : Part.HIDDEN_MATRICES;
    }

    private static boolean has(UpdaterSettings settings, Role role) {
        return settings.method(Matrix.contiguous("W", 0, 4, 3, role, 1)) != null;
    }

    private static void variantOfKfac(String title, Supplier<? extends LayerwiseUpdater<?>> updater) {
        ALL.add(new Candidate(title, Part.SAMPLED, true, updater));
    }

    private static Kfac.Builder kfac() {
        return Kfac.builder().learningRate(.1).fallback(FALLBACK);
    }

    static List<Candidate> all() {
        return List.copyOf(ALL);
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
        return !variant || objective.share(this) == 1;
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
