package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** What attaching promises: private configurations, clean models, safe repetition, clear errors. */
class AttachTest {
    private static final Spec SPEC = new Spec(Activation.TANH, Activation.SOFTMAX, new LossMCXENT(), 4, 6, 3);

    private static Kfac kfac() {
        return Kfac.builder().fisher(FisherEstimator.empirical()).build();
    }

    private static void train(Model model, int steps) {
        Nd4j.getRandom().setSeed(9);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 12, 4);
        INDArray y = Nd4j.zeros(DataType.DOUBLE, 12, 3);
        for (int i = 0; i < 12; i++) {
            y.putScalar(i, i % 3, 1);
        }
        for (int i = 0; i < steps; i++) {
            TestNets.fit(model, x, y);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void unattachedNetwork_failsAtItsFirstStepWithTheRemedy(Kind kind) {
        Model model = SPEC.model(kind, kfac());
        assertThatIllegalStateException()
                .isThrownBy(() -> train(model, 1))
                .withMessageContaining("Kfac")
                .withMessageContaining("Layerwise.attach(net)");
    }

    @Test
    void uninitialisedNetwork_isRefused() {
        MultiLayerNetwork net =
                new MultiLayerNetwork(SPEC.list(SPEC.builder(kfac())).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Layerwise.attach(net))
                .withMessageContaining("net.init()");
    }

    @Test
    void networkWithoutKroneckerUpdater_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Layerwise.attach(SPEC.network(new Adam())))
                .withMessageContaining("Kfac");
    }

    @Test
    void halfPrecision_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Layerwise.attach(SPEC.with(DataType.FLOAT16).network(kfac())))
                .withMessageContaining("HALF")
                .withMessageContaining("DataType.FLOAT");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void savedConfiguration_containsNoTapsAndReadsBack(Kind kind) {
        Model model = SPEC.model(kind, kfac());
        TestNets.attach(model);
        train(model, 2);
        String json = model instanceof MultiLayerNetwork net
                ? net.getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) model).getConfiguration().toJson();
        assertThat(json).contains("ActivationTanH", "LossMCXENT").doesNotContain("Tap");
        if (model instanceof MultiLayerNetwork net) {
            assertThat(MultiLayerConfiguration.fromJson(json).toJson()).isEqualTo(json);
            assertThat(net.getLayerWiseConfigurations()).isEqualTo(MultiLayerConfiguration.fromJson(json));
            String yaml = net.getLayerWiseConfigurations().toYaml();
            assertThat(MultiLayerConfiguration.fromYaml(yaml).toYaml()).isEqualTo(yaml);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void callersConfiguration_isUntouched(Kind kind) {
        Model model = SPEC.model(kind, kfac());
        Object conf = configuration(model);
        String before = json(conf);
        TestNets.attach(model);
        train(model, 2);
        assertThat(configuration(model)).isNotSameAs(conf);
        if (conf instanceof MultiLayerConfiguration multi) {
            multi.setIterationCount(0); // DL4J counts in the caller's object before attaching
        }
        assertThat(json(conf)).isEqualTo(before);
    }

    private static Object configuration(Model model) {
        return model instanceof MultiLayerNetwork net
                ? net.getLayerWiseConfigurations()
                : ((ComputationGraph) model).getConfiguration();
    }

    private static String json(Object configuration) {
        return configuration instanceof MultiLayerConfiguration multi
                ? multi.toJson()
                : ((org.deeplearning4j.nn.conf.ComputationGraphConfiguration) configuration).toJson();
    }

    @Test
    void twoNetworksOfOneConfiguration_doNotDisturbEachOther() {
        MultiLayerConfiguration conf = SPEC.list(SPEC.builder(kfac())).build();
        MultiLayerNetwork alone = SPEC.network(kfac());
        MultiLayerNetwork first = new MultiLayerNetwork(conf);
        first.init();
        Layerwise.attach(first);
        MultiLayerNetwork second = new MultiLayerNetwork(conf);
        second.init();
        Layerwise.attach(second);
        Layerwise.attach(alone);
        second.setParams(first.params());
        alone.setParams(first.params());
        for (int i = 0; i < 5; i++) {
            train(first, 1);
            train(second, 2);
            train(alone, 1);
        }
        assertThat(first.params().equalsWithEps(alone.params(), 0)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void clone_trainedBesideItsOriginal_disturbsNeither(Kind kind) {
        Model original = SPEC.model(kind, kfac());
        Model alone = SPEC.model(kind, kfac());
        alone.setParams(original.params().dup());
        TestNets.attach(original);
        TestNets.attach(alone);
        train(original, 3);
        train(alone, 3);
        Model clone = original instanceof MultiLayerNetwork net ? net.clone() : ((ComputationGraph) original).clone();
        assertThatIllegalStateException()
                .isThrownBy(() -> train(clone, 1))
                .withMessageContaining("Layerwise.attach(net)");
        clone.setParams(original.params().dup());
        TestNets.attach(clone);
        for (int i = 0; i < 4; i++) {
            train(original, 1);
            train(clone, 1);
            train(clone, 1);
        }
        train(alone, 4);
        assertThat(original.params().equalsWithEps(alone.params(), 0)).isTrue();
        assertThat(clone.params().equalsWithEps(alone.params(), 0)).isFalse();
    }

    @Test
    void setListeners_afterAttach_failsLoudlyAndReattachRecovers() {
        MultiLayerNetwork net = SPEC.network(kfac());
        Layerwise.attach(net);
        train(net, 2);
        net.setListeners(new CollectScoresIterationListener(1));
        assertThatIllegalStateException().isThrownBy(() -> train(net, 1)).withMessageContaining("setListeners");
        Layerwise.attach(net);
        train(net, 1);
        assertThat(net.getListeners()).hasSize(2);
    }

    @Test
    void otherListeners_areKeptAndSeeEachStepOnce() {
        MultiLayerNetwork net = SPEC.network(
                Kfac.builder().fisher(FisherEstimator.monteCarlo(3, 1)).build());
        AtomicInteger backwardPasses = new AtomicInteger();
        net.setListeners(new BaseTrainingListener() {
            @Override
            public void onBackwardPass(Model model) {
                backwardPasses.incrementAndGet();
            }
        });
        Layerwise.attach(net);
        train(net, 5);
        assertThat(backwardPasses).hasValue(5); // probe passes stay unseen
    }

    @Test
    void attachTwice_leavesOneListenerAndOneTap() {
        MultiLayerNetwork net = SPEC.network(kfac());
        Attachment first = Layerwise.attach(net);
        Attachment second = Layerwise.attach(net);
        assertThat(first.isOpen()).isFalse();
        assertThat(second.isOpen()).isTrue();
        assertThat(net.getListeners()).hasSize(1);
        assertThat(net.getLayer(0).conf().getLayer().toString()).doesNotContain("Tap");
        first.close();
        train(net, 1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void close_removesListenerAndTaps(Kind kind) {
        Model model = SPEC.model(kind, kfac());
        Attachment attachment = TestNets.attach(model);
        train(model, 2);
        attachment.close();
        attachment.close();
        assertThat(listeners(model)).isEmpty();
        org.deeplearning4j.nn.conf.layers.BaseLayer layer = (org.deeplearning4j.nn.conf.layers.BaseLayer)
                (model instanceof MultiLayerNetwork net ? net.getLayer(0) : ((ComputationGraph) model).getLayer(0))
                        .conf()
                        .getLayer();
        assertThat((Object) layer.getActivationFn()).isNotInstanceOf(ActivationTap.class);
        assertThatIllegalStateException()
                .isThrownBy(() -> train(model, 1))
                .withMessageContaining("Layerwise.attach(net)");
    }

    private static java.util.Collection<TrainingListener> listeners(Model model) {
        return model instanceof MultiLayerNetwork net ? net.getListeners() : ((ComputationGraph) model).getListeners();
    }

    @Test
    void evaluationAndScoring_betweenSteps_changeNothing() {
        MultiLayerNetwork net = SPEC.network(kfac());
        MultiLayerNetwork plain = SPEC.network(kfac());
        plain.setParams(net.params().dup());
        Layerwise.attach(net);
        Layerwise.attach(plain);
        INDArray x = Nd4j.randn(DataType.DOUBLE, 5, 4);
        for (int i = 0; i < 6; i++) {
            train(net, 1);
            train(plain, 1);
            net.output(x);
            net.score(new org.nd4j.linalg.dataset.DataSet(x, Nd4j.ones(DataType.DOUBLE, 5, 3)));
            net.feedForward(x, true);
        }
        assertThat(net.params().equalsWithEps(plain.params(), 0)).isTrue();
    }

    @Test
    void transferredNetwork_getsItsNewShapes() {
        MultiLayerNetwork net = SPEC.network(kfac());
        Layerwise.attach(net);
        train(net, 3);
        MultiLayerNetwork wider = new TransferLearning.Builder(net)
                .nOutReplace(0, 8, org.deeplearning4j.nn.weights.WeightInit.XAVIER)
                .build();
        Attachment attachment = Layerwise.attach(wider);
        assertThat(attachment.plan().layers().get(0).shape()).isEqualTo("5 x 8");
        assertThat(attachment.plan().layers().get(1).shape()).isEqualTo("9 x 3");
        train(wider, 3);
        train(net, 1);
    }

    @Test
    void transferredNetwork_withFrozenLayer_trainsTheRest() {
        MultiLayerNetwork net = SPEC.network(kfac());
        Layerwise.attach(net);
        train(net, 1);
        MultiLayerNetwork frozen =
                new TransferLearning.Builder(net).setFeatureExtractor(0).build();
        Attachment attachment = Layerwise.attach(frozen);
        assertThat(attachment.plan().layers().get(0).note()).isEqualTo("frozen");
        INDArray before = frozen.params().dup();
        train(frozen, 2);
        INDArray change = frozen.params().sub(before).reshape(before.length());
        int first = 4 * 6 + 6;
        for (int i = 0; i < first; i++) {
            assertThat(change.getDouble(i)).isZero();
        }
        assertThat(change.norm2Number().doubleValue()).isPositive();
    }
}
