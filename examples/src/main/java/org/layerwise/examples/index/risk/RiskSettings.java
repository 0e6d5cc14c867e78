package org.layerwise.examples.index.risk;

import java.util.List;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.LogGrid;
import org.layerwise.examples.run.Preset;

/**
 * What one run of the experiment does. The presets are choices of this project.
 *
 * @param sizes of every problem
 * @param noise standard deviation of the label noise
 * @param damping lambda_G of KFAC
 * @param kappas condition numbers of Sigma, at least one
 * @param teachers link functions, at least one
 * @param steps step sizes s: root mean square over the neurons of the standard deviation by which a step shifts their
 *     preactivations
 * @param penalties of the ridge regression
 * @param seeds how many independent tasks per condition number and teacher
 * @param firstSeed seed of the first task; the others follow
 */
record RiskSettings(
        RiskSizes sizes,
        double noise,
        double damping,
        List<Double> kappas,
        List<Teacher> teachers,
        LogGrid steps,
        LogGrid penalties,
        int seeds,
        long firstSeed) {
    /** First-layer steps that are compared. */
    static final List<FirstStep> METHODS = List.of(FirstStep.SGD, FirstStep.KFAC);

    private static final List<Double> KAPPAS = List.of(1.0, 100.0);
    private static final List<Teacher> TEACHERS = List.of(Teacher.TANH, Teacher.QUADRATIC, Teacher.RELU);
    private static final LogGrid THREE = new LogGrid(.3, 30, 3);
    private static final LogGrid COARSE = new LogGrid(.3, 30, 5);
    private static final LogGrid FINE = new LogGrid(.3, 30, 9);
    private static final LogGrid PENALTIES = new LogGrid(1e-6, 100, 17);

    /** Checks the ranges. */
    RiskSettings {
        kappas = List.copyOf(kappas);
        teachers = List.copyOf(teachers);
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(noise >= 0, "noise", noise, ">= 0");
        require(damping >= 0, "damping", damping, ">= 0");
        require(!kappas.isEmpty() && kappas.stream().allMatch(k -> k >= 1 && k <= 1e8), "kappa", kappas, "in [1, 1e8]");
        require(!teachers.isEmpty(), "teachers", teachers, "not empty");
    }

    /** The settings of a preset. */
    static RiskSettings of(Preset preset) {
        return switch (preset) {
            case SMALL -> of(new RiskSizes(50, 120, 400, 1000, 1000), THREE, 6);
            case QUICK -> of(RiskSizes.REFERENCE, COARSE, 3);
            case FULL -> of(RiskSizes.REFERENCE, FINE, 10);
        };
    }

    private static RiskSettings of(RiskSizes sizes, LogGrid steps, int seeds) {
        return new RiskSettings(sizes, .3, .1, KAPPAS, TEACHERS, steps, PENALTIES, seeds, 1);
    }

    /** These settings with another number of seeds. */
    RiskSettings withSeeds(int value) {
        return new RiskSettings(sizes, noise, damping, kappas, teachers, steps, penalties, value, firstSeed);
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
