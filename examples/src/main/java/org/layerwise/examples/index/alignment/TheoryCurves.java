package org.layerwise.examples.index.alignment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.layerwise.examples.index.Alignment;
import org.layerwise.examples.index.AlignmentTheory;
import org.layerwise.examples.index.IndexTask;
import org.layerwise.examples.index.Teacher;

/**
 * The theory of one seed's tasks between the points that are measured, for the lines of the figures.
 *
 * @param settings of the experiment
 * @param seed of the tasks
 */
record TheoryCurves(AlignmentSettings settings, long seed) {
    /** Points of a line. */
    private static final int POINTS = 33;

    /** One row per place; sweeps that cross share theirs. */
    List<Observation> rows() {
        Situation any = AlignmentSettings.base(Teacher.TANH);
        IndexTask task = IndexTask.random(
                settings.sizes().inputs(),
                any.kappa(),
                any.orientation(),
                any.teacher(),
                settings.sizes().noise(),
                seed);
        List<Observation> rows = new ArrayList<>();
        for (Teacher teacher : Teacher.values()) {
            overData(task.withTeacher(teacher), rows);
            overCondition(task.withTeacher(teacher), rows);
            overDamping(task.withTeacher(teacher), rows);
        }
        return rows.stream().distinct().toList();
    }

    private void overData(IndexTask task, List<Observation> rows) {
        AlignmentTheory theory = AlignmentTheory.of(task);
        for (double ratio : between(settings.ratios())) {
            Situation situation = Situation.rotated(task.teacher(), AlignmentSettings.KAPPA, ratio);
            settings.lines(situation).forEach(contender -> rows.add(row(situation, contender, theory)));
        }
        Situation limit = Situation.rotated(task.teacher(), AlignmentSettings.KAPPA, Double.POSITIVE_INFINITY);
        rows.add(row(limit, AlignmentSettings.sgd(), theory));
    }

    private void overCondition(IndexTask task, List<Observation> rows) {
        for (double kappa : between(settings.kappas())) {
            AlignmentTheory theory = AlignmentTheory.of(task.withCondition(kappa));
            Situation situation = Situation.rotated(task.teacher(), kappa, AlignmentSettings.RATIO);
            settings.lines(situation).forEach(contender -> rows.add(row(situation, contender, theory)));
        }
    }

    private void overDamping(IndexTask task, List<Observation> rows) {
        AlignmentTheory theory = AlignmentTheory.of(task);
        Situation situation = AlignmentSettings.base(task.teacher());
        for (double damping : between(settings.dampings())) {
            rows.add(row(situation, AlignmentSettings.kfac(damping), theory));
        }
    }

    private Observation row(Situation situation, Contender contender, AlignmentTheory theory) {
        double examples = situation.ratio() * settings.sizes().inputs();
        return new Observation(
                situation, seed, contender, Alignment.UNKNOWN, Alignment.UNKNOWN, contender.predict(theory, examples));
    }

    /** Log-spaced points over the range of {@code values}. */
    static double[] between(List<Double> values) {
        double low = values.stream().min(Comparator.naturalOrder()).orElseThrow();
        double high = values.stream().max(Comparator.naturalOrder()).orElseThrow();
        double[] points = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            points[i] = low * Math.pow(high / low, (double) i / (POINTS - 1));
        }
        return points;
    }
}
