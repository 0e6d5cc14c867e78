package org.layerwise.examples.index.spectrum;

import java.util.List;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.run.Preset;

/**
 * What one run of the experiment does. The presets are choices of this project.
 *
 * @param inputs dX
 * @param hidden dh, at least {@code inputs}
 * @param examples n of the step
 * @param kappa condition number of Sigma
 * @param teacher link function
 * @param noise standard deviation of the label noise
 * @param damping lambda_G of KFAC
 * @param strengths theta, ascending, with {@code shown} among them
 * @param shown theta of the histogram
 * @param seeds how many independent tasks
 * @param firstSeed seed of the first task; the others follow
 */
record SpectrumSettings(
        int inputs,
        int hidden,
        int examples,
        double kappa,
        Teacher teacher,
        double noise,
        double damping,
        List<Double> strengths,
        double shown,
        int seeds,
        long firstSeed) {
    /** First-layer steps that are compared. */
    static final List<FirstStep> METHODS = List.of(FirstStep.SGD, FirstStep.KFAC);

    private static final List<Double> STRENGTHS = List.of(.6, .9, 1.2, 1.5, 1.8, 2.1, 2.5);

    /** Checks the ranges. */
    SpectrumSettings {
        strengths = List.copyOf(strengths);
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(
                inputs >= 2 && hidden >= inputs,
                "hidden",
                hidden,
                "at least inputs = " + inputs + ", itself at least 2");
        require(examples >= 1, "examples", examples, ">= 1");
        require(noise >= 0, "noise", noise, ">= 0");
        require(damping >= 0, "damping", damping, ">= 0");
        require(strengths.stream().allMatch(t -> t > 0), "strengths", strengths, "positive");
        require(strengths.contains(shown), "shown", shown, "one of the strengths " + strengths);
    }

    /** The settings of a preset. */
    static SpectrumSettings of(Preset preset) {
        return switch (preset) {
            case SMALL -> of(100, 200, 800, 16);
            case QUICK -> of(300, 600, 2400, 5);
            case FULL -> of(300, 600, 2400, 20);
        };
    }

    private static SpectrumSettings of(int inputs, int hidden, int examples, int seeds) {
        return new SpectrumSettings(inputs, hidden, examples, 100, Teacher.TANH, .3, .1, STRENGTHS, 1.8, seeds, 1);
    }

    /** These settings with another number of seeds. */
    SpectrumSettings withSeeds(int value) {
        return new SpectrumSettings(
                inputs, hidden, examples, kappa, teacher, noise, damping, strengths, shown, value, firstSeed);
    }

    /** The limit that the weights are compared with. */
    SpikeTheory theory() {
        return new SpikeTheory((double) hidden / inputs);
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
