package org.layerwise.examples;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.index.alignment.SingleIndex;
import org.layerwise.examples.index.risk.SecondStage;
import org.layerwise.examples.index.spectrum.SpectrumExperiment;
import org.layerwise.examples.linear.batchnorm.BatchNorm;
import org.layerwise.examples.linear.contraction.ContractionMap;
import org.layerwise.examples.linear.curves.LearningCurves;
import org.layerwise.examples.linear.curves.LinearSettings;
import org.layerwise.examples.linear.floor.NoiseFloor;
import org.layerwise.examples.linear.natural.NaturalGradient;
import org.layerwise.examples.linear.sweep.AnisotropySweep;
import org.layerwise.examples.linear.sweep.RateSweep;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/** The experiments, in the order of the report. */
public enum Catalogue {
    /** Learning curves of linear representation learning. */
    LINEAR_REPRESENTATION(
            LearningCurves.NAME, "Learning curves of two linear tasks that share their features.", (preset, seeds) -> {
                LinearSettings settings = LinearSettings.of(preset);
                return new LearningCurves(seeds == null ? settings : settings.withSeeds(seeds));
            }),

    /** Local convergence rates of the four choices of the preconditioners. */
    CONTRACTION_MAP(
            ContractionMap.NAME,
            "Convergence rates over the condition numbers of inputs and head, for every preconditioner.",
            ContractionMap::of),

    /** The end of training over the learning rates. */
    LEARNING_RATE_SWEEP(
            RateSweep.NAME,
            "Where every method ends over log-spaced learning rates, and which rates work.",
            RateSweep::of),

    /** The end of training over the condition numbers of the inputs. */
    ANISOTROPY_SWEEP(
            AnisotropySweep.NAME, "Where every method ends as the inputs become anisotropic.", AnisotropySweep::of),

    /** Stationary distance under label noise. */
    NOISE_FLOOR(NoiseFloor.NAME, "Where label noise stops KFAC, over rates and condition numbers.", NoiseFloor::of),

    /** Batch normalisation of inputs and features. */
    BATCH_NORM(
            BatchNorm.NAME,
            "Batch normalisation on rotated and on axis-aligned inputs, with frozen and recomputed statistics.",
            BatchNorm::of),

    /** Full natural gradient by Fisher matrix and damping. */
    NATURAL_GRADIENT(
            NaturalGradient.NAME,
            "Natural gradient descent with full matrices, by Fisher matrix, damping and learning rate.",
            NaturalGradient::of),

    /** Alignment of one first-layer step with the index. */
    SINGLE_INDEX(
            SingleIndex.NAME, "One first-layer step on a single-index task: alignment of its spike.", SingleIndex::of),

    /** Risk of the second stage of single-index learning. */
    SINGLE_INDEX_RISK(SecondStage.NAME, "Excess risk after one first-layer step and ridge.", SecondStage::of),

    /** Singular values of the first layer after one step. */
    SINGLE_INDEX_SPECTRUM(
            SpectrumExperiment.NAME, "Singular values of the first layer after one step.", SpectrumExperiment::of);

    private final String id;
    private final String summary;
    private final BiFunction<Preset, @Nullable Integer, Experiment> factory;

    Catalogue(String id, String summary, BiFunction<Preset, @Nullable Integer, Experiment> factory) {
        this.id = id;
        this.summary = summary;
        this.factory = factory;
    }

    /** Name on the command line. */
    public String id() {
        return id;
    }

    /** One line for the help. */
    public String summary() {
        return summary;
    }

    /**
     * The experiment.
     *
     * @param seeds how many seeds; null for the preset's own number
     * @throws IllegalArgumentException if there cannot be so many, with a message that begins with "seeds"
     */
    public Experiment create(Preset preset, @Nullable Integer seeds) {
        return factory.apply(preset, seeds);
    }

    /** All of them. */
    public static List<Experiment> all(Preset preset, @Nullable Integer seeds) {
        return Arrays.stream(values()).map(entry -> entry.create(preset, seeds)).toList();
    }
}
