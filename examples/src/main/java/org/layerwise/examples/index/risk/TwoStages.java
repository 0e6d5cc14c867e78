package org.layerwise.examples.index.risk;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.layerwise.examples.index.Examples;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask;
import org.layerwise.examples.index.Student;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.LogGrid;
import org.layerwise.examples.numeric.RightSingular;
import org.layerwise.examples.numeric.SquaredCosine;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Both stages on one task: every first step at every size, and the baselines, on the same examples. */
final class TwoStages {
    private static final long FIRST_STAGE = 0x51A6E1L;
    private static final long SECOND_STAGE = 0x51A6E2L;
    private static final long TEST = 0x51A6E3L;

    /**
     * What the outcomes depend on.
     *
     * @param sizes of the problem
     * @param noise standard deviation of the label noise
     * @param damping lambda_G
     * @param kappa condition number of Sigma
     * @param teacher link function
     * @param steps sizes s of the first step
     * @param penalties of the ridge regression
     * @param seed of task, start and examples
     */
    record Conditions(
            RiskSizes sizes,
            double noise,
            double damping,
            double kappa,
            Teacher teacher,
            LogGrid steps,
            LogGrid penalties,
            long seed) {}

    private final Conditions conditions;
    private final IndexTask task;
    private final Student.Start start;
    private final Student student;
    private final Examples second;
    private final Examples test;

    private TwoStages(Conditions conditions, IndexTask task, Examples second, Examples test) {
        this.conditions = conditions;
        this.task = task;
        this.start = Student.Start.random(conditions.sizes.hidden(), conditions.sizes.inputs(), conditions.seed);
        this.student = Student.frozen(start);
        this.second = second;
        this.test = test;
    }

    /** The outcome of everything under {@code conditions}. */
    static List<Outcome> run(Conditions conditions) {
        IndexTask task = task(conditions);
        RiskSizes sizes = conditions.sizes;
        try (Examples second = task.sample(sizes.secondStage(), stream(conditions, SECOND_STAGE));
                Examples test = task.sample(sizes.test(), stream(conditions, TEST))) {
            return new TwoStages(conditions, task, second, test).outcomes();
        }
    }

    /** The task: random direction, rotated covariance, index variance 1. */
    static IndexTask task(Conditions conditions) {
        return IndexTask.random(
                        conditions.sizes.inputs(),
                        conditions.kappa,
                        IndexTask.Orientation.ROTATED,
                        conditions.teacher,
                        conditions.noise,
                        conditions.seed)
                .normalised();
    }

    /** Root mean square over the neurons of the standard deviation of {@code u_j^T x}; {@code update} is [dh, dX]. */
    static double shift(INDArray update, IndexTask task) {
        try (INDArray white = update.mmul(task.covariance().root())) {
            return white.norm2Number().doubleValue() / Math.sqrt(update.rows());
        }
    }

    private List<Outcome> outcomes() {
        List<Outcome> outcomes = new ArrayList<>();
        outcomes.add(linear());
        outcomes.add(ridge(Outcome.RANDOM_FEATURES, 0, Double.NaN, start.features()));
        for (FirstStep method : RiskSettings.METHODS) {
            outcomes.addAll(outcomes(method));
        }
        return outcomes;
    }

    private List<Outcome> outcomes(FirstStep method) {
        INDArray update = update(method);
        INDArray leading = RightSingular.of(update).vector(0);
        double alignment =
                SquaredCosine.of(leading, task.direction(), task.covariance().matrix());
        double unit = shift(update, task);
        List<Outcome> outcomes = new ArrayList<>();
        for (double step : conditions.steps.values()) {
            try (INDArray features = update.mul(step / unit).addi(start.features())) {
                outcomes.add(ridge(method.id(), step, alignment, features));
            }
        }
        return outcomes;
    }

    private INDArray update(FirstStep method) {
        try (Examples first = task.sample(conditions.sizes.firstStage(), stream(conditions, FIRST_STAGE))) {
            return method.update(start, first, conditions.damping);
        }
    }

    /** Ridge regression on the hidden layer of the network with {@code features} [dh, dX]. */
    private Outcome ridge(String method, double step, double alignment, INDArray features) {
        student.features().assign(features);
        double[] penalties = conditions.penalties.values();
        try (INDArray fitted = student.hidden(second.inputs());
                INDArray fresh = student.hidden(test.inputs())) {
            double[] risks = RidgeRegression.of(fitted, second.labels()).errors(fresh, test.clean(), penalties);
            int best = smallest(risks);
            return outcome(method, step, alignment, penalties[best], risks[best]);
        }
    }

    private Outcome linear() {
        double[] risks = RidgeRegression.of(second.inputs(), second.labels()).errors(test.inputs(), test.clean(), 0);
        return outcome(Outcome.LINEAR, 0, Double.NaN, 0, risks[0]);
    }

    private Outcome outcome(String method, double step, double alignment, double penalty, double risk) {
        return new Outcome(
                conditions.kappa, conditions.teacher.id(), conditions.seed, method, step, alignment, penalty, risk);
    }

    private static int smallest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] < values[best] ? i : best;
        }
        return best;
    }

    private static SplittableRandom stream(Conditions conditions, long stage) {
        return new SplittableRandom(conditions.seed ^ stage << 32);
    }
}
