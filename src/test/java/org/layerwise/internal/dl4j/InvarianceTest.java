package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.internal.linalg.KroneckerProduct;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** The canonical scale: nothing depends on batch size, loss reduction, masked rows or the network class. */
class InvarianceTest {
    private static final double TOLERANCE = 1e-10;
    private static final Spec SQUARED = new Spec(Activation.TANH, Activation.IDENTITY, new LossMSE(), 4, 5, 3);

    private static Kfac.Builder kfac() {
        return Kfac.builder()
                .learningRate(.1)
                .momentum(0)
                .movingAverage(0)
                .fisher(FisherEstimator.exact())
                .damping(Damping.factored(.01));
    }

    private static INDArray x(int n) {
        Nd4j.getRandom().setSeed(41);
        return Nd4j.randn(DataType.DOUBLE, n, 4);
    }

    private static INDArray y(int n) {
        Nd4j.getRandom().setSeed(42);
        return Nd4j.randn(DataType.DOUBLE, n, 3);
    }

    private static void assertClose(INDArray actual, INDArray expected) {
        double scale = expected.amaxNumber().doubleValue();
        assertThat(scale).isPositive();
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(TOLERANCE * scale);
    }

    private static void assertSameFactors(Model actual, Model expected) {
        List<KroneckerProduct> a = TestNets.factors(actual);
        List<KroneckerProduct> e = TestNets.factors(expected);
        assertThat(a).hasSameSizeAs(e);
        for (int i = 0; i < a.size(); i++) {
            assertClose(a.get(i).input(), e.get(i).input());
            assertClose(a.get(i).output(), e.get(i).output());
        }
    }

    private static MultiLayerNetwork attached(Spec spec, Kfac kfac) {
        MultiLayerNetwork net = spec.network(kfac);
        Layerwise.attach(net);
        return net;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void duplicatedBatch_sameFactorsAndStep(int copies) {
        for (FisherEstimator fisher : List.of(FisherEstimator.exact(), FisherEstimator.empirical())) {
            Kfac kfac = kfac().fisher(fisher).build();
            MultiLayerNetwork once = attached(SQUARED, kfac);
            MultiLayerNetwork many = attached(SQUARED, kfac);
            many.setParams(once.params());
            INDArray step = TestNets.step(once, x(6), y(6));
            assertClose(TestNets.step(many, Nd4j.tile(x(6), copies, 1), Nd4j.tile(y(6), copies, 1)), step);
            assertSameFactors(many, once);
        }
    }

    @Test
    void meanAndSumOfSquares_sameFactorsAndStep() {
        for (FisherEstimator fisher : List.of(FisherEstimator.exact(), FisherEstimator.empirical())) {
            Kfac kfac = kfac().fisher(fisher).build();
            MultiLayerNetwork mean = attached(SQUARED, kfac);
            MultiLayerNetwork sum =
                    attached(new Spec(Activation.TANH, Activation.IDENTITY, new LossL2(), 4, 5, 3), kfac);
            sum.setParams(mean.params());
            INDArray step = TestNets.step(mean, x(6), y(6));
            assertClose(TestNets.step(sum, x(6), y(6)), step);
            assertSameFactors(sum, mean);
        }
    }

    @Test
    void gradientSummedOverTheBatch_sameStep() {
        MultiLayerNetwork mean = attached(SQUARED, kfac().build());
        NeuralNetConfiguration.Builder builder = SQUARED.builder(kfac().build()).miniBatch(false);
        MultiLayerNetwork sum = SQUARED.network(builder);
        Layerwise.attach(sum);
        sum.setParams(mean.params());
        INDArray step = TestNets.step(mean, x(6), y(6));
        assertClose(TestNets.step(sum, x(6), y(6)), step);
    }

    @Test
    void bothNetworkClasses_sameStep() {
        MultiLayerNetwork net = attached(SQUARED, kfac().build());
        Model graph = SQUARED.model(Kind.GRAPH, kfac().build());
        TestNets.attach(graph);
        graph.setParams(net.params().dup());
        INDArray step = TestNets.step(net, x(6), y(6));
        assertClose(TestNets.step(graph, x(6), y(6)), step);
    }

    @Test
    void monteCarloDraws_dependOnSeedAndStepOnly() {
        Kfac kfac = kfac().fisher(FisherEstimator.monteCarlo(2, 5)).build();
        MultiLayerNetwork first = attached(SQUARED, kfac);
        MultiLayerNetwork second = attached(SQUARED, kfac);
        MultiLayerNetwork other = attached(
                SQUARED, kfac().fisher(FisherEstimator.monteCarlo(2, 6)).build());
        second.setParams(first.params());
        other.setParams(first.params());
        for (int i = 0; i < 3; i++) {
            first.fit(x(6), y(6));
            Nd4j.getRandom().setSeed(i); // the global generator plays no part
            second.fit(x(6), y(6));
            other.fit(x(6), y(6));
        }
        assertThat(second.params().equalsWithEps(first.params(), 0)).isTrue();
        assertThat(other.params().equalsWithEps(first.params(), 0)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exact", "empirical"})
    void maskedExamples_changeNoFactor(String estimator) {
        FisherEstimator fisher = estimator.equals("exact") ? FisherEstimator.exact() : FisherEstimator.empirical();
        Kfac kfac = kfac().fisher(fisher).build();
        INDArray mask = Nd4j.createFromArray(new double[][] {{1}, {0}, {1}, {1}, {0}, {1}});
        INDArray kept = x(6).getRows(0, 2, 3, 5);
        INDArray keptLabels = y(6).getRows(0, 2, 3, 5);

        MultiLayerNetwork masked = attached(SQUARED, kfac);
        MultiLayerNetwork subset = attached(SQUARED, kfac);
        subset.setParams(masked.params());
        Model graph = SQUARED.model(Kind.GRAPH, kfac);
        graph.setParams(masked.params().dup());
        TestNets.attach(graph);
        masked.fit(new DataSet(x(6), y(6), null, mask));
        ((ComputationGraph) graph).fit(new DataSet(x(6), y(6), null, mask));
        subset.fit(kept, keptLabels);
        assertSameFactors(masked, subset);
        assertSameFactors(graph, subset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"exact", "empirical"})
    void fullyMaskedBatch_leavesFactorsAsTheyWere(String estimator) {
        FisherEstimator fisher = estimator.equals("exact") ? FisherEstimator.exact() : FisherEstimator.empirical();
        MultiLayerNetwork net = attached(SQUARED, kfac().fisher(fisher).build());
        MultiLayerNetwork untouched = attached(SQUARED, kfac().fisher(fisher).build());
        untouched.setParams(net.params());
        net.fit(x(6), y(6));
        untouched.fit(x(6), y(6));
        net.fit(new DataSet(x(6), y(6), null, Nd4j.zeros(DataType.DOUBLE, 6, 1)));
        assertSameFactors(net, untouched);
        assertClose(net.params(), untouched.params()); // no gradient, no momentum: no step
    }

    @Test
    void maskedOutputs_areLeftOutOfTheOutputFactor() {
        Spec spec = new Spec(Activation.TANH, Activation.SIGMOID, new LossBinaryXENT(), 4, 5, 3);
        MultiLayerNetwork net = attached(spec, kfac().build());
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 6, 3);
        mask.get(NDArrayIndex.all(), NDArrayIndex.point(1)).assign(0);
        net.fit(new DataSet(x(6), Nd4j.ones(DataType.DOUBLE, 6, 3), null, mask));
        INDArray g = TestNets.factors(net).get(1).output();
        assertThat(g.getDouble(1, 1)).isZero();
        assertThat(g.getDouble(0, 0)).isPositive();
    }

    @Test
    void permutedExamples_sameFactors() {
        MultiLayerNetwork straight = attached(SQUARED, kfac().build());
        MultiLayerNetwork permuted = attached(SQUARED, kfac().build());
        permuted.setParams(straight.params());
        straight.fit(x(6), y(6));
        permuted.fit(x(6).getRows(5, 3, 1, 0, 2, 4), y(6).getRows(5, 3, 1, 0, 2, 4));
        assertSameFactors(permuted, straight);
    }

    @Test
    void severalOutputs_addTheirCurvature() {
        Spec trunk = new Spec(Activation.TANH, Activation.SOFTMAX, new LossMCXENT(), 4, 5, 3);
        ComputationGraph graph = new ComputationGraph(trunk.builder(kfac().build())
                .graphBuilder()
                .addInputs("in")
                .addLayer("trunk", dense(), "in")
                .addLayer("a", output(), "trunk")
                .addLayer("b", output(), "trunk")
                .setOutputs("a", "b")
                .build());
        graph.init();
        Layerwise.attach(graph);
        graph.getLayer("b").setParams(graph.getLayer("a").params().dup());
        MultiLayerNetwork single =
                attached(new Spec(Activation.TANH, Activation.IDENTITY, new LossMSE(), 4, 5, 3), kfac().build());
        single.getLayer(0).setParams(graph.getLayer("trunk").params().dup());
        single.getLayer(1).setParams(graph.getLayer("a").params().dup());
        graph.fit(new INDArray[] {x(6)}, new INDArray[] {y(6), y(6)});
        single.fit(x(6), y(6));
        // Two equal heads without interaction: twice the curvature at the trunk, the same at each head.
        assertClose(
                TestNets.factors(graph).get(0).output(),
                TestNets.factors(single).get(0).output().mul(2));
        assertClose(
                TestNets.factors(graph).get(1).output(),
                TestNets.factors(single).get(1).output());
    }

    private static org.deeplearning4j.nn.conf.layers.DenseLayer dense() {
        return new org.deeplearning4j.nn.conf.layers.DenseLayer.Builder()
                .nIn(4)
                .nOut(5)
                .activation(Activation.TANH)
                .build();
    }

    private static org.deeplearning4j.nn.conf.layers.OutputLayer output() {
        return new org.deeplearning4j.nn.conf.layers.OutputLayer.Builder(new LossMSE())
                .nIn(5)
                .nOut(3)
                .activation(Activation.IDENTITY)
                .build();
    }
}
