package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.testing.EveryClass;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The updaters as SameDiff's, where every variable has an updater of its own and nothing is attached. */
class SameDiffTest {
    private static List<LayerwiseUpdater<?>> updaters() {
        return EveryClass.andChosen(
                new Muon(),
                new Scion(),
                Muon.moonlight().learningRate(.01).build(),
                PsgdKron.builder()
                        .learningRate(.01)
                        .blockSize(4)
                        .updates(Period.every(3))
                        .build(),
                Shampoo.builder()
                        .learningRate(.01)
                        .fallback(new Adam(.01))
                        .blockSize(4)
                        .statistics(Period.every(3))
                        .refresh(Period.every(5))
                        .build(),
                Soap.builder()
                        .learningRate(.01)
                        .blockSize(4)
                        .refresh(Period.every(3))
                        .build());
    }

    private static SameDiff network(LayerwiseUpdater<?> updater, DataType type) {
        Nd4j.getRandom().setSeed(4);
        SameDiff sd = SameDiff.create();
        SDVariable x = sd.placeHolder("x", type, -1, 6);
        SDVariable y = sd.placeHolder("y", type, -1, 3);
        SDVariable w0 = sd.var("w0", Nd4j.randn(type, 6, 9).muli(.3));
        SDVariable b0 = sd.var("b0", Nd4j.zeros(type, 1, 9));
        SDVariable w1 = sd.var("w1", Nd4j.randn(type, 9, 3).muli(.3).dup('f'));
        SDVariable b1 = sd.var("b1", Nd4j.zeros(type, 3));
        SDVariable gain = sd.var("gain", Nd4j.scalar(type, 1));
        SDVariable out = sd.nn.tanh(x.mmul(w0).add(b0)).mmul(w1).add(b1).mul(gain);
        SDVariable difference = out.sub(y);
        difference.mul(difference).mean().rename("loss").markAsLoss();
        sd.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping("x")
                .dataSetLabelMapping("y")
                .minimize("loss")
                .build());
        return sd;
    }

    private static DataSet batch(DataType type, int seed) {
        Nd4j.getRandom().setSeed(100 + seed);
        INDArray x = Nd4j.randn(type, 16, 6);
        return new DataSet(
                x,
                x.get(org.nd4j.linalg.indexing.NDArrayIndex.all(), org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 3))
                        .dup());
    }

    private static void train(SameDiff sd, DataType type, int from, int to) {
        for (int i = from; i < to; i++) {
            sd.fit(batch(type, i % 4));
        }
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void training_unattached_lowersTheLoss(LayerwiseUpdater<?> updater) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            SameDiff sd = network(updater, type);
            double before = loss(sd, type);
            train(sd, type, 0, 80);
            assertThat(loss(sd, type)).as("%s", type).isLessThan(before / 2);
        }
    }

    private static double loss(SameDiff sd, DataType type) {
        DataSet batch = batch(type, 0);
        return sd.batchOutput()
                .input("x", batch.getFeatures())
                .input("y", batch.getLabels())
                .output("loss")
                .outputSingle()
                .getDouble(0);
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void savedGraph_withUpdaterState_continuesBitForBit(LayerwiseUpdater<?> updater, @TempDir Path folder)
            throws IOException {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            SameDiff whole = network(updater, type);
            train(whole, type, 0, 7);
            File file = folder.resolve(type + ".fb").toFile();
            whole.save(file, true);
            SameDiff resumed = SameDiff.load(file, true);
            assertThat(resumed.getTrainingConfig().getUpdater()).isEqualTo(updater);
            train(whole, type, 7, 14);
            train(resumed, type, 7, 14);
            for (String name : List.of("w0", "b0", "w1", "b1", "gain")) {
                assertThat(resumed.getArrForVarName(name).reshape(-1).toDoubleVector())
                        .as("%s %s", name, type)
                        .isEqualTo(whole.getArrForVarName(name).reshape(-1).toDoubleVector());
            }
        }
    }

    /** A variable in SameDiff takes the same steps as a DL4J layer with the same gradients, whatever their order. */
    @ParameterizedTest
    @MethodSource("updaters")
    void step_gradientInAnyOrder_equalsThatOfALayer(LayerwiseUpdater<?> updater) {
        MatrixSteps layer = new MatrixSteps(updater, new double[5][3], DataType.DOUBLE);
        GradientUpdater<?> variable = variable(updater, 5, 3);
        RandomMatrices random = new RandomMatrices(6);
        for (char order : new char[] {'c', 'f', 'c'}) {
            double[][] gradient = random.gaussian(5, 3);
            INDArray array = Loops.array(gradient, DataType.DOUBLE, order);
            variable.applyUpdater(array, 0, 0);
            assertThatArray(array).isCloseTo(layer.step(gradient), Tolerance.EXACT);
        }
    }

    /** Kernels [height, width, in, out] are one matrix with their last axis as fan-out. */
    @Test
    void step_kernel_isFlattenedToItsFanOut() {
        Muon muon = new Muon();
        MatrixSteps layer = new MatrixSteps(muon, Role.CONVOLUTION, new double[12][5], DataType.DOUBLE);
        double[][] gradient = new RandomMatrices(7).gaussian(12, 5);
        INDArray kernel = Loops.array(gradient, DataType.DOUBLE, 'c').reshape('c', 2, 2, 3, 5);
        variable(muon, 2, 2, 3, 5).applyUpdater(kernel, 0, 0);
        assertThatArray(kernel.reshape('c', 12, 5)).isCloseTo(layer.step(gradient), Tolerance.EXACT);
    }

    @Test
    void step_vectorsAndScalars_areLeftToTheFallback() {
        Muon muon = Muon.builder().fallback(new Adam(.1)).build();
        for (long[] shape : new long[][] {{4}, {1, 4}, {4, 1}, {}}) {
            INDArray gradient = Nd4j.zeros(DataType.DOUBLE, shape).addi(3);
            variable(muon, shape).applyUpdater(gradient, 0, 0);
            assertThat(gradient.sub(.1).amaxNumber().doubleValue()).isLessThan(1e-6);
        }
    }

    private static GradientUpdater<?> variable(LayerwiseUpdater<?> updater, long... shape) {
        assertThat(updater.stateSize(12)).isZero();
        GradientUpdater<?> variable = updater.instantiate((INDArray) null, false);
        variable.setStateViewArray(null, shape, 'c', true);
        return variable;
    }

    @Test
    void weightDecay_inSameDiff_isDecoupled() {
        SameDiff plain = network(new Muon(), DataType.DOUBLE);
        SameDiff decayed = network(new Muon(), DataType.DOUBLE);
        decayed.getTrainingConfig().setRegularization(List.of(new WeightDecay(.5, true)));
        INDArray start = plain.getArrForVarName("w0").dup();
        train(plain, DataType.DOUBLE, 0, 1);
        train(decayed, DataType.DOUBLE, 0, 1);
        INDArray expected = plain.getArrForVarName("w0").sub(start.mul(.5 * .02));
        assertThatArray(decayed.getArrForVarName("w0")).isCloseTo(expected, Tolerance.FORMULA);
    }

    /** The array is the variable's own, so its length is exact. */
    @Test
    void setState_ofAnotherLength_isRefused() {
        Muon without = Muon.builder().momentum(0).nesterov(false).build();
        GradientUpdater<?> saved = variable(without, 4, 3);
        saved.applyUpdater(Nd4j.ones(DataType.DOUBLE, 4, 3), 0, 0);
        INDArray state = java.util.Objects.requireNonNull(saved.getState().get("state"));
        requireLengthRefused(new Muon(), state);
        requireLengthRefused(without, Nd4j.concat(0, state, state));
    }

    private static void requireLengthRefused(Muon muon, INDArray state) {
        GradientUpdater<?> resumed = muon.instantiate(java.util.Map.of("state", state), false);
        assertThatThrownBy(() -> resumed.applyUpdater(Nd4j.ones(DataType.DOUBLE, 4, 3), 1, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[4, 3]")
                .hasMessageContaining(state.length() + " elements");
    }

    @Test
    void setState_ofAnotherUpdater_isRefused() {
        assertThatThrownBy(() -> new Muon().instantiate(java.util.Map.of("M", Nd4j.zeros(3)), false))
                .hasMessageContaining("another updater");
        GradientUpdater<?> muon = variable(new Muon(), 4, 3);
        muon.applyUpdater(Nd4j.ones(DataType.DOUBLE, 4, 3), 0, 0);
        GradientUpdater<?> scion = new Scion().instantiate(muon.getState(), false);
        assertThatThrownBy(() -> scion.applyUpdater(Nd4j.ones(DataType.DOUBLE, 4, 3), 0, 0))
                .hasMessageContaining("a SameDiff variable of shape [4, 3] is not that of Scion")
                .hasMessageContaining("saved by another version or with other settings")
                .hasMessageContaining("SameDiff.load(file, false)")
                .hasMessageNotContaining("attach");
        GradientUpdater<?> soap = new Soap().instantiate(muon.getState(), false);
        assertThatThrownBy(() -> soap.applyUpdater(Nd4j.ones(DataType.DOUBLE, 4, 3), 0, 0))
                .hasMessageContaining("The updater state of a SameDiff variable of shape [4, 3] has ")
                .hasMessageContaining("SameDiff.load(file, false)");
    }

    @Test
    void failures_ofAVariable_nameItsShape() {
        Muon strict = Muon.builder().strict(true).build();
        for (long[] shape : new long[][] {{4, 3}, {4, 1}}) {
            INDArray broken = Nd4j.zeros(DataType.DOUBLE, shape).assign(Double.NaN);
            assertThatThrownBy(() -> variable(strict, shape).applyUpdater(broken, 0, 0))
                    .isInstanceOf(NumericalException.class)
                    .hasMessageStartingWith(
                            "A SameDiff variable of shape " + Arrays.toString(shape) + ": the gradient");
        }
        Muon negative = new Muon(
                new MapSchedule.Builder(ScheduleType.ITERATION).add(0, -1).build());
        assertThatThrownBy(() -> variable(negative, 4, 3).applyUpdater(Nd4j.ones(DataType.DOUBLE, 4, 3), 0, 0))
                .hasMessageContaining("The learning rate of a SameDiff variable of shape [4, 3] at iteration 0");
    }
}
