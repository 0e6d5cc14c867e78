package org.layerwise.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.examples.report.ResultTable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class TrainingRunTest {
    /** Single precision, sums over hundreds of terms. */
    private static final double FLOAT_SUM = 1e-5;

    /** DL4J's loss keeps probabilities this far from 0 and 1. */
    private static final double CLIP = 1e-5;

    private static final TrainTestData CURVES = new Data(SyntheticRuns.CONDITIONS, null).corpus();

    private static List<Checkpoint> run(Entrant entrant, double rate, long seed) {
        return TrainingRun.run(SyntheticRuns.CONDITIONS, CURVES, new Trial(entrant, rate, seed), 1);
    }

    private static double[] losses(List<Checkpoint> run, ToDoubleFunction<Checkpoint> loss) {
        return run.stream().mapToDouble(loss).toArray();
    }

    @ParameterizedTest
    @MethodSource("org.layerwise.examples.benchmark.Optimizer#all")
    void everyMethod_trains(Optimizer optimizer) {
        List<Checkpoint> run = run(new Entrant(optimizer, 50), optimizer.centre(Loss.PIXELS), 2);

        assertThat(run).hasSize(SyntheticRuns.CONDITIONS.checkpoints() + 1);
        double start = run.get(0).trainLoss();
        Checkpoint end = run.get(run.size() - 1);
        assertThat(end.trainLoss()).isLessThan(.95 * start);
        assertThat(end.test().loss()).isLessThan(.95 * run.get(0).test().loss());
        assertThat(end.cost().steps()).isEqualTo(40);
        assertThat(losses(run, c -> c.cost().seconds())).isSorted().startsWith(0);
        assertThat(end.cost().seconds()).isPositive();
        assertThat(end.cost().cpuSeconds()).isPositive();
    }

    @Test
    void aSeed_fixesTheLosses() {
        List<Checkpoint> first = run(SyntheticRuns.KFAC, .3, 2);
        List<Checkpoint> again = run(SyntheticRuns.KFAC, .3, 2);
        List<Checkpoint> other = run(SyntheticRuns.KFAC, .3, 3);

        assertThat(losses(again, Checkpoint::trainLoss)).containsExactly(losses(first, Checkpoint::trainLoss));
        assertThat(losses(again, c -> c.test().loss()))
                .containsExactly(losses(first, c -> c.test().loss()));
        assertThat(losses(other, Checkpoint::trainLoss)).doesNotContain(losses(first, Checkpoint::trainLoss));
    }

    @Test
    void allMethods_startAtTheSameLoss() {
        double adam = run(SyntheticRuns.ADAM, .003, 2).get(0).trainLoss();

        assertThat(run(SyntheticRuns.KFAC, .3, 2).get(0).trainLoss()).isEqualTo(adam);
        assertThat(run(SyntheticRuns.FAST_ADAM, .01, 2).get(0).trainLoss()).isEqualTo(adam);
    }

    /** A step beyond single precision; what is left of the run is NaN, and its rows read back. */
    @Test
    void anExplodingRun_ends() {
        List<Checkpoint> run = run(new Entrant(Optimizer.NESTEROVS, 100), 1e40, 2);

        assertThat(run).hasSize(SyntheticRuns.CONDITIONS.checkpoints() + 1);
        Checkpoint end = run.get(run.size() - 1);
        assertThat(end.trainLoss()).isNaN();
        assertThat(end.cost().seconds()).isNaN();
        assertThat(end.cost().steps()).isEqualTo(20);
        ResultTable table = new ResultTable(
                Checkpoint.COLUMNS, run.stream().map(Checkpoint::row).toList());
        assertThat(table.rows().stream().map(row -> Checkpoint.of(table, row)).toList())
                .isEqualTo(run);
    }

    @Test
    void theClassifier_learnsLabelsAndCountsErrors(@TempDir Path folder) throws IOException {
        IdxFiles.mnist(folder, 200, 50);
        Conditions conditions = new Conditions(Problem.MNIST_CLASSIFIER, List.of(20), 200, 50, 50, 20, 2);
        TrainTestData corpus = new Data(conditions, folder).corpus();

        List<Checkpoint> run = TrainingRun.run(conditions, corpus, new Trial(SyntheticRuns.ADAM, .01, 2), 0);

        assertThat(run.get(0).test().error()).isBetween(.5, 1.0);
        // The pixels tell the label.
        assertThat(run.get(2).trainLoss()).isLessThan(.5 * run.get(0).trainLoss());
        assertThat(run.get(2).test().error()).isLessThan(run.get(0).test().error());
    }

    @Test
    void pixelLoss_isTheDivergenceOfTheImages() {
        INDArray targets = Nd4j.createFromArray(new float[][] {{0, 1, .5f}, {.25f, 1, 0}});
        INDArray outputs = Nd4j.createFromArray(new float[][] {{.5f, .5f, .5f}, {.5f, .5f, .5f}});
        // ln 2 for each certain pixel, ln 2 minus the entropy for a grey one, 0 for .5.
        double entropy = -(.25 * Math.log(.25) + .75 * Math.log(.75));
        double expected = 4 * Math.log(2) + Math.log(2) - entropy;

        assertThat(Loss.PIXELS.sum(targets, outputs)).isCloseTo(expected, within(4 * CLIP + FLOAT_SUM));
        assertThat(Loss.PIXELS.sum(targets, targets)).isZero();
    }

    @Test
    void classLoss_isTheLogarithmOfTheRightClass() {
        INDArray targets = Nd4j.createFromArray(new float[][] {{0, 1}, {1, 0}, {1, 0}});
        INDArray outputs = Nd4j.createFromArray(new float[][] {{.25f, .75f}, {.5f, .5f}, {0, 1}});
        // An impossible class counts as one of probability 1e-10, as in DL4J.
        double expected = -Math.log(.75) - Math.log(.5) + 10 * Math.log(10);

        assertThat(Loss.CLASSES.sum(targets, outputs)).isCloseTo(expected, within(FLOAT_SUM));
    }

    @Test
    void theOrder_isTheSameAtEveryBatchSizeAndCoversEverything() {
        ExampleOrder whole = new ExampleOrder(6, 1);
        ExampleOrder parts = new ExampleOrder(6, 1);
        int[] twelve = whole.next(12);

        assertThat(parts.next(4)).containsExactly(Arrays.copyOf(twelve, 4));
        assertThat(parts.next(8)).containsExactly(Arrays.copyOfRange(twelve, 4, 12));
        assertThat(Arrays.copyOfRange(twelve, 0, 6)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
        assertThat(Arrays.copyOfRange(twelve, 6, 12)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }

    @Test
    void sparseWeights_connectFifteenInputs() {
        INDArray weights = SparseWeights.draw(40, 200, new SplittableRandom(1));
        INDArray connected = weights.neq(0).castTo(DataType.DOUBLE);

        assertThat(connected.sum(0).minNumber().intValue()).isEqualTo(15);
        assertThat(connected.sum(0).maxNumber().intValue()).isEqualTo(15);
        // 3000 squares of standard normal numbers: their mean scatters by sqrt(2 / 3000) = .026.
        assertThat(weights.mul(weights).sumNumber().doubleValue() / 3000).isCloseTo(1, within(.1));
        assertThat(SparseWeights.draw(10, 3, new SplittableRandom(1)).neq(0).all())
                .isTrue();
    }

    @Test
    void aBatch_isACopyOfItsExamples() {
        try (TrainTestData.Part batch = CURVES.train().pick(new int[] {7, 3})) {
            assertThat(batch.inputs().getRow(0))
                    .isEqualTo(CURVES.train().inputs().getRow(7));
            assertThat(batch.inputs().getRow(1))
                    .isEqualTo(CURVES.train().inputs().getRow(3));
            assertThat(batch.targets()).isSameAs(batch.inputs());
        }
        assertThat(CURVES.train().inputs().wasClosed()).isFalse();
    }
}
