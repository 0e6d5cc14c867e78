package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.Plan;
import org.layerwise.settings.Plan.LayerPlan;
import org.layerwise.testing.EveryClass;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Attaching updaters that need gradients alone. */
class GradientOnlyAttachTest {
    private static final Spec SPEC = new Spec(Activation.TANH, Activation.SOFTMAX, new LossMCXENT(), 6, 9, 9, 3);

    private static List<LayerwiseUpdater<?>> updaters() {
        return EveryClass.andChosen(new Muon(), new PsgdKron(.01), new Scion(), new Shampoo(.01), new Soap(.01));
    }

    private static INDArray features(DataType type) {
        Nd4j.getRandom().setSeed(1);
        return Nd4j.randn(type, 32, 6);
    }

    private static INDArray labels(INDArray x) {
        INDArray y = Nd4j.zeros(x.dataType(), 32, 3);
        for (int i = 0; i < 32; i++) {
            y.putScalar(i, x.getDouble(i, 0) > 0 ? 1 : x.getDouble(i, 1) > 0 ? 2 : 0, 1);
        }
        return y;
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void training_everyNetworkAndType_lowersTheLoss(LayerwiseUpdater<?> updater) {
        for (Kind kind : Kind.values()) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                Model net = SPEC.with(type).model(kind, updater);
                INDArray x = features(type);
                INDArray y = labels(x);
                TestNets.attach(net);
                TestNets.fit(net, x, y);
                double before = net.score();
                for (int i = 0; i < 60; i++) {
                    TestNets.fit(net, x, y);
                }
                assertThat(net.score()).as("%s %s", kind, type).isLessThan(before / 2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void training_unattached_saysWhatToCall(Kind kind) {
        Model net = SPEC.model(kind, new Muon());
        INDArray x = features(DataType.DOUBLE);
        assertThatThrownBy(() -> TestNets.fit(net, x, labels(x)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Muon")
                .hasMessageContaining("Layerwise.attach(net)");
    }

    @Test
    void attach_callersConfiguration_staysUnbound() {
        Muon muon = new Muon();
        MultiLayerNetwork net = SPEC.network(muon);
        Layerwise.attach(net);
        assertThat(muon.layout()).isNull();
        assertThat(net.getUpdater()).isNotNull();
    }

    @Test
    void plan_perceptron_showsMatricesStateAndWork() {
        Plan plan = Layerwise.attach(SPEC.network(new Muon())).plan();
        LayerPlan first = plan.layers().get(0);
        assertThat(first.shape()).isEqualTo("6 x 9");
        assertThat(first.stateBytes()).isEqualTo(8 * 2 * 63);
        assertThat(first.stepFlops()).isEqualTo(5 * (4 * 36 * 9 + 2 * 216));
        assertThat(first.note()).isEqualTo("b: Adam");
        assertThat(plan.layers().get(2).note()).startsWith("fallback: output");
        assertThat(plan.toString()).contains("Muon").contains("73.8 % of the parameters");
    }

    @Test
    void training_mixedWithKfac_worksAndKeepsStatisticsToKfac() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(9)
                        .updater(new Muon())
                        .build())
                .layer(new DenseLayer.Builder()
                        .nIn(9)
                        .nOut(9)
                        .updater(new Adam(1e-3))
                        .build())
                .layer(new OutputLayer.Builder(new LossMCXENT())
                        .nIn(9)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .updater(new Kfac(.1))
                        .build())
                .build());
        net.init();
        Attachment attachment = Layerwise.attach(net);
        INDArray x = features(DataType.DOUBLE);
        net.fit(x, labels(x));
        double before = net.score();
        for (int i = 0; i < 40; i++) {
            net.fit(x, labels(x));
        }
        assertThat(net.score()).isLessThan(before / 2);
        assertThat(attachment.plan().layers()).extracting(LayerPlan::method).containsExactly("Muon", "Adam", "Kfac");
        assertThat(attachment.diagnostics()).containsOnlyKeys("layer0", "layer2");
        attachment.close();
        assertThatThrownBy(() -> net.fit(x, labels(x))).hasMessageContaining("Layerwise.attach(net)");
    }

    @Test
    void close_gradientOnlyNetwork_trainsOn() {
        MultiLayerNetwork one = SPEC.network(new Muon());
        MultiLayerNetwork other = SPEC.network(new Muon());
        Layerwise.attach(one);
        Attachment attachment = Layerwise.attach(other);
        INDArray x = features(DataType.DOUBLE);
        for (int i = 0; i < 6; i++) {
            if (i == 3) {
                attachment.close();
            }
            one.fit(x, labels(x));
            other.fit(x, labels(x));
        }
        assertThat(other.getListeners()).isEmpty();
        assertThat(other.params().equalsWithEps(one.params(), 0)).isTrue();
    }

    @Test
    void setLearningRate_duringTraining_keepsMomentumAndCounters() {
        Muon.Builder scheduled = Muon.builder().outputLayers(true);
        MultiLayerNetwork changed = SPEC.network(scheduled.build());
        scheduled.learningRate(new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, .02)
                .add(3, .005)
                .build());
        MultiLayerNetwork planned = SPEC.network(scheduled.build());
        Attachment attachment = Layerwise.attach(changed);
        Layerwise.attach(planned);
        INDArray x = features(DataType.DOUBLE);
        INDArray broken = x.dup().putScalar(0, 0, Double.NaN);
        for (int i = 0; i < 6; i++) {
            if (i == 3) {
                changed.setLearningRate(.005);
            }
            INDArray batch = i == 2 ? broken : x;
            changed.fit(batch, labels(x));
            planned.fit(batch, labels(x));
        }
        assertThat(changed.params().equalsWithEps(planned.params(), 0)).isTrue();
        assertThat(changed.params().isNaN().any()).isFalse();
        Diagnostics counters = attachment.diagnostics().get("layer0");
        assertThat(java.util.Objects.requireNonNull(counters).count(Event.STEP_SKIPPED))
                .isEqualTo(2);
    }

    @Test
    void training_notFiniteInStrictMode_throws() {
        MultiLayerNetwork net = SPEC.network(Muon.builder().strict(true).build());
        Layerwise.attach(net);
        INDArray x = features(DataType.DOUBLE).putScalar(0, 0, Double.NaN);
        assertThatThrownBy(() -> net.fit(x, labels(x)))
                .isInstanceOf(NumericalException.class)
                .hasMessageContaining("layer0");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 14})
    void transferLearning_newWidth_isRebound(int width) {
        MultiLayerNetwork net = SPEC.network(new Muon());
        Layerwise.attach(net);
        INDArray x = features(DataType.DOUBLE);
        net.fit(x, labels(x));
        MultiLayerNetwork resized = new TransferLearning.Builder(net)
                .nOutReplace(1, width, WeightInit.XAVIER)
                .build();
        assertThatThrownBy(() -> resized.fit(x, labels(x)))
                .hasMessageContaining("ayer layer1 has ")
                .hasMessageContaining("9 x 9")
                .hasMessageContaining("call Layerwise.attach(net) again");
        Plan plan = Layerwise.attach(resized).plan();
        assertThat(plan.layers().get(1).shape()).isEqualTo("9 x " + width);
        resized.fit(x, labels(x));
    }

    /** DL4J's weight decay with coefficient 1 is constrained Scion: weights shrink by 1 - lr beside the step. */
    @Test
    void weightDecayOne_onScion_isTheConstraint() {
        MultiLayerNetwork plain = decayed(0);
        MultiLayerNetwork constrained = decayed(1);
        constrained.setParams(plain.params().dup());
        INDArray before = plain.getParam("0_W").dup();
        Layerwise.attach(plain);
        Layerwise.attach(constrained);
        INDArray x = features(DataType.DOUBLE);
        plain.fit(x, labels(x));
        constrained.fit(x, labels(x));
        INDArray expected = plain.getParam("0_W").sub(before.mul(.25));
        assertThatArray(constrained.getParam("0_W")).isCloseTo(expected, Tolerance.FORMULA);
    }

    /** The decay belongs on the layer: DL4J 1.0.0-M2.1 applies one that is set on the network twice. */
    private static MultiLayerNetwork decayed(double decay) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Scion(.25))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(6)
                        .nOut(9)
                        .weightDecay(decay)
                        .build())
                .layer(new OutputLayer.Builder(new LossMCXENT())
                        .nIn(9)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        net.init();
        return net;
    }

    @Test
    void attach_mlpWithFallbackOnly_keepsTheFallback() {
        MultiLayerNetwork net = new Spec(Activation.TANH, Activation.SOFTMAX, new LossMCXENT(), 6, 3)
                .network(Muon.builder().fallback(new Sgd(.5)).build());
        Attachment attachment = Layerwise.attach(net);
        assertThat(attachment.plan().layers().get(0).method()).isEqualTo("Sgd");
        LayerwiseUpdater<?> bound =
                (LayerwiseUpdater<?>) ((BaseLayer) net.getLayer(0).conf().getLayer()).getIUpdater();
        assertThat(bound.fallback()).isEqualTo(new Sgd(.5));
    }
}
