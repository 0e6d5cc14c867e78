package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;
import static org.layerwise.testing.Tolerance.FORMULA;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.settings.Sides;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;

/** Gradients of micro-batches that are summed before one update are one batch, and so are their statistics. */
class MicroBatchTest {
    private static final DataType TYPE = DataType.DOUBLE;
    private static final int STEPS = 6;

    /** Rounding of the sums, raised where an updater divides by the root of small second moments. */
    private static final double RAISED_ROUNDING = 1e-10;

    /** Sizes of the micro-batches of one update: equal, of two sizes, all different, and single examples among them. */
    private static final List<List<Integer>> SPLITS =
            List.of(List.of(8, 8), List.of(4, 4, 8), List.of(5, 4, 7), List.of(1, 14, 1));

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (EveryUpdater method : EveryUpdater.values()) {
            if (method == EveryUpdater.KFAC || method == EveryUpdater.SOAP) {
                // K-FAC's draws depend on how many rows a pass has; where the first gradient has no component, rounding
                // chooses SOAP's first basis.
                continue;
            }
            for (Kind kind : Kind.values()) {
                cases.add(Arguments.of(method, kind, true));
                cases.add(Arguments.of(method, kind, false));
            }
        }
        return cases.stream();
    }

    private static Model attached(Kind kind, NeuralNetConfiguration.Builder builder, boolean ours) {
        Model model = Training.model(kind, builder);
        if (ours) {
            TestNets.attach(model);
        }
        return model;
    }

    private static void stepInParts(Model model, DataSet batch, List<Integer> sizes) {
        INDArray sum = model.params().like();
        int from = 0;
        for (int size : sizes) {
            Training.computeGradient(model, Training.part(batch, from, from + size));
            sum.addi(model.getGradientsViewArray().reshape(sum.shape()));
            from += size;
        }
        model.getGradientsViewArray()
                .assign(sum.reshape(model.getGradientsViewArray().shape()));
        Training.update(model, from);
    }

    private static void assertPartsEqualWhole(Model parts, Model whole, List<Integer> sizes, double tolerance) {
        for (int step = 0; step < STEPS; step++) {
            DataSet batch = Training.batch(step, TYPE);
            stepInParts(parts, batch, sizes);
            Training.fit(whole, batch);
        }
        assertThatArray(parts.params()).as("%s", sizes).isCloseTo(whole.params(), tolerance);
    }

    @ParameterizedTest(name = "{0} {1}, mean: {2}")
    @MethodSource("cases")
    void microBatches_summedBeforeOneUpdate_equalOneBatch(EveryUpdater method, Kind kind, boolean mean) {
        for (List<Integer> sizes : mean ? SPLITS : SPLITS.subList(2, 3)) {
            Model parts = attached(kind, builder(method.updater(), mean), !method.control());
            Model whole = attached(kind, builder(method.updater(), mean), !method.control());
            assertPartsEqualWhole(parts, whole, sizes, method.needsStatistics() ? FORMULA : RAISED_ROUNDING);
        }
    }

    private static NeuralNetConfiguration.Builder builder(IUpdater updater, boolean mean) {
        return Training.builder(updater, TYPE).miniBatch(mean);
    }

    /** The input factor does not depend on the draws, so that every example of every micro-batch can be accounted for. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void microBatches_monteCarloWithTheInputFactorAlone_equalOneBatch(Kind kind) {
        for (List<Integer> sizes : SPLITS) {
            Kfac kfac = Kfac.builder()
                    .learningRate(EveryUpdater.RATE)
                    .sides(Sides.INPUT)
                    .build();
            Model parts = attached(kind, builder(kfac.clone(), true), true);
            Model whole = attached(kind, builder(kfac, true), true);
            assertPartsEqualWhole(parts, whole, sizes, FORMULA);
        }
    }

    /** Draws differ with the size of a pass, so that only what they do can be compared. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void microBatches_monteCarlo_trainWithStatistics(Kind kind) {
        Model parts = Training.model(kind, EveryUpdater.KFAC.updater(), TYPE);
        Attachment attachment = TestNets.attach(parts);
        DataSet batch = Training.batch(0, TYPE);
        Training.computeGradient(parts, batch);
        double before = parts.score();

        for (int step = 0; step < 20; step++) {
            stepInParts(parts, batch, List.of(5, 4, 7));
        }

        Training.computeGradient(parts, batch);
        assertThat(Training.finite(parts.params())).isTrue();
        assertThat(parts.score()).isLessThan(before / 2);
        assertThat(Training.events(attachment)).as("steps without statistics").isZero();
    }
}
