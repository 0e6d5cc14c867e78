package org.layerwise.examples.index.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.layerwise.examples.index.Examples;
import org.layerwise.examples.index.IndexTask;
import org.layerwise.examples.index.Student;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.Draws;
import org.layerwise.examples.numeric.LogGrid;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

final class TwoStagesTest {
    private static final RiskSizes SIZES = new RiskSizes(10, 20, 80, 200, 2000);

    private static TwoStages.Conditions conditions(Teacher teacher, double noise, LogGrid steps) {
        return new TwoStages.Conditions(SIZES, noise, .1, 100, teacher, steps, new LogGrid(1e-6, 10, 8), 1);
    }

    private static Outcome find(List<Outcome> outcomes, String method, double step) {
        return outcomes.stream()
                .filter(o -> o.method().equals(method) && o.step() == step)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void hiddenLayerOfTheNetwork_isTheReluOfItsWeights() {
        SplittableRandom random = new SplittableRandom(1);
        INDArray moved = Draws.normal(20, 10, 1, random);
        INDArray inputs = Draws.normal(30, 10, 1, random);
        Student student = Student.frozen(Student.Start.random(20, 10, 1));
        INDArray before = student.hidden(inputs);

        student.features().assign(moved);

        INDArray expected = Transforms.relu(inputs.mmul(moved.transpose()));
        assertThat(student.hidden(inputs).distance2(expected)).isCloseTo(0, within(1e-12));
        assertThat(before.distance2(expected)).isGreaterThan(1);
    }

    @Test
    void shift_isTheDeviationOfThePreactivations() {
        IndexTask task = TwoStages.task(conditions(Teacher.TANH, .3, new LogGrid(.3, 3, 2)));
        INDArray update = Draws.normal(20, 10, 1, new SplittableRandom(1));
        try (Examples examples = task.sample(20_000, new SplittableRandom(2))) {
            INDArray shifts = examples.inputs().mmul(update.transpose());
            double measured = shifts.norm2Number().doubleValue() / Math.sqrt((double) shifts.length());

            // Second moments of 20 000 examples: within about 1 %.
            assertThat(TwoStages.shift(update, task)).isCloseTo(measured, within(.02 * measured));
        }
    }

    @Test
    void tinyStep_isRandomFeaturesAndMethodsShareTheExamples() {
        List<Outcome> outcomes = TwoStages.run(conditions(Teacher.QUADRATIC, .3, new LogGrid(1e-9, 3, 2)));

        double random = find(outcomes, Outcome.RANDOM_FEATURES, 0).risk();

        assertThat(find(outcomes, "sgd", 1e-9).risk()).isCloseTo(random, within(1e-6 * random));
        assertThat(find(outcomes, "kfac", 1e-9).risk()).isCloseTo(random, within(1e-6 * random));
        assertThat(find(outcomes, "kfac", 3).risk()).isLessThan(random);
        assertThat(outcomes).hasSize(6);
    }

    /** Least squares on t + He2/sqrt2 leaves the quadratic half, variance 1, and a little estimation error. */
    @Test
    void linearBaseline_leavesTheNonlinearPart() {
        Outcome linear =
                find(TwoStages.run(conditions(Teacher.QUADRATIC, 0, new LogGrid(.3, 3, 2))), Outcome.LINEAR, 0);

        // He2/sqrt2 squared has variance 14: sampling error sqrt(14 / 2000) = .08; estimation about 10 / 200 times 2.
        assertThat(linear.risk()).isBetween(.75, 1.5);
        assertThat(linear.penalty()).isZero();
        assertThat(linear.alignment()).isNaN();
    }

    @Test
    void sameConditions_giveTheSameOutcomes() {
        TwoStages.Conditions conditions = conditions(Teacher.RELU, .3, new LogGrid(.3, 3, 2));

        assertThat(TwoStages.run(conditions)).isEqualTo(TwoStages.run(conditions));
    }
}
