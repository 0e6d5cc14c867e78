package org.layerwise.examples.index.risk;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.Estimate;
import org.layerwise.examples.report.ResultTable;

/**
 * All outcomes of the experiment.
 *
 * @param settings what was run
 * @param outcomes one per condition number, teacher, seed, method and step size
 */
record RiskResult(RiskSettings settings, List<Outcome> outcomes) {
    /** Freezes the list. */
    RiskResult {
        outcomes = List.copyOf(outcomes);
    }

    static RiskResult of(RiskSettings settings, ResultTable table) {
        return new RiskResult(
                settings,
                table.rows().stream().map(row -> Outcome.of(table, row)).toList());
    }

    /** Step sizes of a method, ascending; 0 alone for a baseline. */
    List<Double> steps(Problem problem, String method) {
        return of(problem, method).map(Outcome::step).distinct().sorted().toList();
    }

    /** Excess risks, one per seed. */
    double[] risks(Problem problem, String method, double step) {
        return values(problem, method, step, Outcome::risk);
    }

    /** The step size with the smallest mean risk; 0 for a baseline. */
    double bestStep(Problem problem, String method) {
        return steps(problem, method).stream()
                .min(Comparator.comparingDouble(step ->
                        Arrays.stream(risks(problem, method, step)).average().orElseThrow()))
                .orElseThrow();
    }

    /** Excess risks at {@link #bestStep}, one per seed. */
    double[] bestRisks(Problem problem, String method) {
        return risks(problem, method, bestStep(problem, method));
    }

    /** rho_Sigma^2 of the first step, one per seed. */
    double[] alignments(Problem problem, FirstStep method) {
        return values(problem, method.id(), bestStep(problem, method.id()), Outcome::alignment);
    }

    /** How much smaller KFAC's risk is than SGD's, both at their best step sizes. */
    Estimate advantage(Problem problem) {
        return Estimate.ratio(bestRisks(problem, FirstStep.SGD.id()), bestRisks(problem, FirstStep.KFAC.id()));
    }

    double smallestKappa() {
        return settings.kappas().stream().min(Comparator.naturalOrder()).orElseThrow();
    }

    double largestKappa() {
        return settings.kappas().stream().max(Comparator.naturalOrder()).orElseThrow();
    }

    /** Every condition number with every teacher. */
    List<Problem> problems() {
        return settings.kappas().stream()
                .flatMap(kappa -> settings.teachers().stream().map(teacher -> new Problem(kappa, teacher)))
                .toList();
    }

    /**
     * What all seeds of a line of the tables share.
     *
     * @param kappa condition number of Sigma
     * @param teacher link function
     */
    record Problem(double kappa, Teacher teacher) {}

    private double[] values(Problem problem, String method, double step, ToDoubleFunction<Outcome> value) {
        return of(problem, method)
                .filter(o -> o.step() == step)
                .sorted(Comparator.comparingLong(Outcome::seed))
                .mapToDouble(value)
                .toArray();
    }

    private Stream<Outcome> of(Problem problem, String method) {
        return outcomes.stream()
                .filter(o -> o.kappa() == problem.kappa
                        && o.teacher().equals(problem.teacher.id())
                        && o.method().equals(method));
    }
}
