package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.NumericalException;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.KroneckerSettings;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** Whatever the data, no parameter becomes NaN, and training goes on when the data is sound again. */
class HardInputTest {
    private static final Spec SPEC = new Spec(Activation.RELU, Activation.IDENTITY, new LossMSE(), 4, 6, 2);

    private static List<LayerwiseUpdater<KroneckerSettings>> updaters() {
        Kfac.Builder kfac = Kfac.builder().learningRate(.05);
        return List.of(
                kfac.build(),
                kfac.fisher(FisherEstimator.empirical()).build(),
                kfac.fisher(FisherEstimator.exact()).damping(Damping.exact(.1)).build(),
                kfac.damping(Damping.relativeToTrace(.01)).build(),
                kfac.damping(Damping.perFactor(0, 0)).build(),
                kfac.damping(Damping.exact(.1)).eigenvalueCorrected(true).build(),
                Foof.builder().learningRate(.05).build());
    }

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (LayerwiseUpdater<KroneckerSettings> updater : updaters()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                for (double hard : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e20, -1e20, 1e-20, 0}) {
                    cases.add(Arguments.of(updater, type, hard));
                }
            }
        }
        return cases.stream();
    }

    private static INDArray x(DataType type) {
        Nd4j.getRandom().setSeed(21);
        return Nd4j.randn(type, 10, 4);
    }

    private static INDArray y(DataType type) {
        Nd4j.getRandom().setSeed(22);
        return Nd4j.randn(type, 10, 2);
    }

    /** ND4J's arithmetic replaces a NaN scalar by a small number, so NaN has to be put in element by element. */
    private static INDArray filled(DataType type, int columns, double value) {
        INDArray array = Nd4j.create(type, 10, columns);
        for (int i = 0; i < array.length(); i++) {
            array.putScalar(i, value);
        }
        assertThat(Double.isNaN(array.getDouble(0))).isEqualTo(Double.isNaN(value));
        return array;
    }

    private static void assertFinite(MultiLayerNetwork net) {
        assertThat(net.params().sumNumber().doubleValue()).isFinite();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hardBatch_betweenSoundOnes_leavesParametersFinite(
            LayerwiseUpdater<KroneckerSettings> updater, DataType type, double hard) {
        MultiLayerNetwork net = SPEC.with(type).network(updater);
        Layerwise.attach(net);
        INDArray x = x(type);
        net.fit(filled(type, 4, hard), y(type)); // also as the very first batch
        assertFinite(net);
        net.fit(x, y(type));
        net.fit(x, filled(type, 2, hard));
        assertFinite(net);
        INDArray mixed = x.dup();
        mixed.putScalar(3, 2, hard);
        net.fit(mixed, y(type));
        assertFinite(net);
        INDArray before = net.params().dup();
        net.fit(x, y(type));
        assertFinite(net);
        assertThat(net.params().sub(before).norm2Number().doubleValue()).isFinite();
    }

    @Test
    void nanBatch_isCountedAndSkipped() {
        // Tanh hands NaN on, whereas DL4J's ReLU makes it zero.
        MultiLayerNetwork net = new Spec(Activation.TANH, Activation.IDENTITY, new LossMSE(), 4, 6, 2)
                .network(Kfac.builder().build());
        Attachment attachment = Layerwise.attach(net);
        net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        INDArray before = net.params().dup();
        net.fit(filled(DataType.DOUBLE, 4, Double.NaN), y(DataType.DOUBLE));
        assertThat(net.params()).isEqualTo(before);
        attachment.diagnostics().values().forEach(d -> {
            assertThat(d.count(Event.STATISTICS_DROPPED)).isEqualTo(1);
            assertThat(d.count(Event.STEP_SKIPPED)).isEqualTo(1);
        });
        net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        assertThat(net.params()).isNotEqualTo(before);
    }

    @Test
    void strictMode_throwsNamingTheLayer() {
        MultiLayerNetwork net = SPEC.network(Kfac.builder().strict(true).build());
        Layerwise.attach(net);
        assertThatThrownBy(() -> net.fit(filled(DataType.DOUBLE, 4, Double.NaN), y(DataType.DOUBLE)))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining("layer0");
    }

    @Test
    void stateOverwrittenWithNaN_isSurvived() {
        MultiLayerNetwork net = SPEC.network(Kfac.builder().build());
        Attachment attachment = Layerwise.attach(net);
        net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        INDArray state = TestNets.updater(net).getStateViewArray();
        for (int i = 20; i < 60; i++) { // inside the first layer's factors
            state.putScalar(i, Double.NaN);
        }
        for (int i = 0; i < 12; i++) {
            net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
            assertFinite(net);
        }
        assertThat(String.valueOf(attachment.diagnostics().get("layer0"))).isNotEqualTo("no failures");
    }

    @Test
    void foreignState_isRefusedWithTheRemedy() {
        MultiLayerNetwork net = SPEC.network(Kfac.builder().build());
        Layerwise.attach(net);
        TestNets.updater(net).getStateViewArray().assign(1);
        assertThatThrownBy(() -> net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layer0")
                .hasMessageContaining("Layerwise.attach(net)");
    }

    private static Stream<Arguments> narrowNets() {
        List<Arguments> cases = new ArrayList<>();
        for (LayerwiseUpdater<KroneckerSettings> updater : updaters()) {
            for (int[] sizes : new int[][] {{1, 1, 1}, {1, 5, 1}, {5, 1, 3}, {3, 2}, {1, 1}}) {
                for (int batch : new int[] {1, 7}) {
                    cases.add(Arguments.of(updater, sizes, batch));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("narrowNets")
    void narrowLayersAndSingleExamples_train(LayerwiseUpdater<KroneckerSettings> updater, int[] sizes, int batch) {
        Spec spec = new Spec(sizes, Activation.TANH, Activation.IDENTITY, new LossMSE(), DataType.DOUBLE, batch == 1);
        MultiLayerNetwork net = spec.network(updater);
        Layerwise.attach(net);
        Nd4j.getRandom().setSeed(31);
        INDArray x = Nd4j.randn(DataType.DOUBLE, batch, spec.inputs());
        INDArray y = Nd4j.randn(DataType.DOUBLE, batch, spec.outputs());
        for (int i = 0; i < 5; i++) {
            net.fit(x, y);
            assertFinite(net);
        }
    }

    @Test
    void deadLayer_keepsItsWeightsWhileTheOthersTrain() {
        MultiLayerNetwork net = SPEC.network(Kfac.builder().build());
        net.getLayer(0).getParam("b").assign(-100); // every unit of the ReLU layer is off
        Layerwise.attach(net);
        INDArray dead = net.getLayer(0).getParam("W").dup();
        INDArray alive = net.getLayer(1).getParam("b").dup();
        for (int i = 0; i < 5; i++) {
            net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        }
        assertThat(net.getLayer(0).getParam("W")).isEqualTo(dead);
        assertThat(net.getLayer(1).getParam("b")).isNotEqualTo(alive);
        assertFinite(net);
    }

    @Test
    void learningRateThatIsNoNumber_isRefusedBeforeTheStep() {
        MultiLayerNetwork net = SPEC.network(Kfac.builder().build());
        Layerwise.attach(net);
        net.setLearningRate(Double.NaN);
        INDArray before = net.params().dup();
        assertThatThrownBy(() -> net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("learning rate of layer layer0")
                .hasMessageContaining("NaN");
        assertThat(net.params()).isEqualTo(before);
    }

    @Test
    void batchWithoutExamples_changesNothingWhateverDl4jMakesOfIt() {
        MultiLayerNetwork net = SPEC.network(Kfac.builder().build());
        Layerwise.attach(net);
        net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        INDArray before = net.params().dup();
        Throwable refusal = org.assertj.core.api.Assertions.catchThrowable(
                () -> net.fit(Nd4j.create(DataType.DOUBLE, 0, 4), Nd4j.create(DataType.DOUBLE, 0, 2)));
        assertFinite(net);
        if (refusal != null) {
            assertThat(net.params()).isEqualTo(before);
        }
        net.fit(x(DataType.DOUBLE), y(DataType.DOUBLE));
        assertFinite(net);
        assertThat(net.params()).isNotEqualTo(before);
    }
}
