package org.layerwise.examples.index.alignment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.Estimate;

/**
 * The measured best damping of one teacher in one metric against the predicted one.
 *
 * @param situation where the damping was swept
 * @param metric which alignment
 * @param optimum KFAC with lambda*
 * @param best KFAC with the damping of the grid, or lambda*, whose mean alignment is largest
 */
record DampingChoice(Situation situation, Metric metric, Contender optimum, Contender best) {
    /** How many there are. */
    static final int COUNT = Teacher.values().length * Metric.values().length;

    static List<DampingChoice> all(AlignmentResult result) {
        List<DampingChoice> choices = new ArrayList<>();
        for (Teacher teacher : Teacher.values()) {
            for (Metric metric : Metric.values()) {
                choices.add(of(result, AlignmentSettings.base(teacher), metric));
            }
        }
        return choices;
    }

    private static DampingChoice of(AlignmentResult result, Situation situation, Metric metric) {
        Contender optimum = result.settings().optimal(situation);
        List<Contender> candidates = new ArrayList<>(List.of(optimum));
        result.settings().dampings().forEach(damping -> candidates.add(AlignmentSettings.kfac(damping)));
        Contender best = candidates.stream()
                .max(Comparator.comparingDouble(c -> mean(result, situation, c, metric)))
                .orElseThrow();
        return new DampingChoice(situation, metric, optimum, best);
    }

    /** Per seed, alignment at the best damping minus alignment at lambda*. */
    double[] lossAtOptimum(AlignmentResult result) {
        return result.gain(situation, best, optimum, metric);
    }

    private static double mean(AlignmentResult result, Situation situation, Contender contender, Metric metric) {
        return Estimate.mean(result.measured(situation, contender, metric)).value();
    }
}
