package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.method.Diagnostics;
import org.layerwise.settings.Period;
import org.layerwise.testing.EveryClass;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** States that are averaged over replicas every few steps, as {@code ParallelWrapper} does. A new method joins by one line. */
class AveragedStateTest {
    private static final int REPLICAS = 3;
    private static final int ROUNDS = 6;
    private static final int STEPS = 5;

    /** How much longer than the longest step without averaging a step may be. */
    private static final double LONGEST = 1.5;

    private static List<LayerwiseUpdater<?>> updaters() {
        return EveryClass.andChosen(
                new Muon(.01),
                new Scion(.01),
                Shampoo.builder()
                        .learningRate(.01)
                        .blockSize(4)
                        .refresh(Period.every(3))
                        .build(),
                PsgdKron.builder().learningRate(.01).blockSize(4).build(),
                PsgdKron.builder()
                        .learningRate(.01)
                        .blockSize(4)
                        .geometry(org.layerwise.settings.Whitening.Geometry.QEQ)
                        .build(),
                Soap.builder()
                        .learningRate(.01)
                        .blockSize(4)
                        .refresh(Period.every(3))
                        .build(),
                Soap.eigenvalueCorrectedShampoo()
                        .learningRate(.01)
                        .blockSize(4)
                        .refresh(Period.every(3))
                        .build());
    }

    private static double longest(
            LayerwiseUpdater<?> updater, DataType type, boolean averaged, Diagnostics diagnostics) {
        MatrixSteps[] replicas = new MatrixSteps[REPLICAS];
        RandomMatrices random = new RandomMatrices(5);
        for (int k = 0; k < REPLICAS; k++) {
            replicas[k] = new MatrixSteps(updater, new double[9][6], type);
            replicas[k].countingIn(diagnostics);
        }
        double longest = 0;
        for (int i = 1; i <= ROUNDS * STEPS; i++) {
            for (MatrixSteps replica : replicas) {
                double[][] update = replica.step(random.gaussian(9, 6));
                double length = Math.sqrt(Loops.dot(update, update));
                assertThat(length).isFinite();
                longest = Math.max(longest, length);
            }
            if (averaged && i % STEPS == 0) {
                average(replicas);
            }
        }
        return longest;
    }

    private static void average(MatrixSteps... replicas) {
        INDArray mean = replicas[0].view.dup();
        for (int k = 1; k < replicas.length; k++) {
            mean.addi(replicas[k].view);
        }
        mean.divi(replicas.length);
        for (MatrixSteps replica : replicas) {
            replica.view.assign(mean);
        }
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void step_averagedStates_isNeverLong(LayerwiseUpdater<?> updater) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            Diagnostics events = new Diagnostics();
            double alone = longest(updater, type, false, new Diagnostics());
            assertThat(longest(updater, type, true, events)).isLessThan(LONGEST * alone);
            if (updater instanceof Soap) {
                assertThat(events.toString()).startsWith("inverse rebuilt").doesNotContain(",");
            } else {
                assertThat(events).hasToString("no failures");
            }
        }
    }
}
