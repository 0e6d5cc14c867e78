package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.dl4j.DenseFisher.Distribution;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.internal.linalg.KroneckerProduct;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/**
 * K-FAC equals the exact Fisher block where theory says so (tests T1 to T5 and T9 of Dangel et al. 2025, "KFAC from
 * scratch", arXiv 2507.05127), through real taps on real networks of both classes.
 */
class FisherExactnessTest {
    /** Limited by the finite differences of the oracle. */
    private static final double RELATIVE = 1e-5;

    private static final double ABSOLUTE = 1e-8;
    private static final int MONTE_CARLO_SAMPLES = 25_000;
    /** Of the recipe at that number of samples. */
    private static final double MONTE_CARLO_RELATIVE = 5e-2;

    private static final double MONTE_CARLO_ABSOLUTE = 5e-3;

    private static Kfac kfac(FisherEstimator fisher) {
        return Kfac.builder()
                .learningRate(0)
                .fisher(fisher)
                .movingAverage(0)
                .momentum(0)
                .build();
    }

    private static Stream<Arguments> everyNetWithOneExample() {
        List<Arguments> cases = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (Activation hidden : List.of(Activation.TANH, Activation.SIGMOID, Activation.RELU)) {
                for (ILossFunction loss : List.of(new LossMSE(), new LossL2())) {
                    cases.add(Arguments.of(kind, hidden, hidden, loss, Distribution.SQUARED_ERROR));
                    cases.add(Arguments.of(kind, hidden, Activation.IDENTITY, loss, Distribution.SQUARED_ERROR));
                }
                for (ILossFunction loss : List.of(new LossMCXENT(), new LossNegativeLogLikelihood())) {
                    cases.add(Arguments.of(kind, hidden, Activation.SOFTMAX, loss, Distribution.SOFTMAX));
                }
                cases.add(Arguments.of(kind, hidden, Activation.SIGMOID, new LossBinaryXENT(), Distribution.SIGMOID));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("everyNetWithOneExample")
    void exactFisher_oneExample_equalsGaussNewtonBlocks(
            Kind kind, Activation hidden, Activation output, ILossFunction loss, Distribution distribution) { // T1
        Spec spec = new Spec(hidden, output, loss, 5, 4, 4, 2);
        Model model = spec.model(kind, kfac(FisherEstimator.exact()));
        TestNets.attach(model);
        INDArray x = inputs(1, 5);
        List<INDArray> expected = DenseFisher.blocks(model, x, distribution, true);
        TestNets.fit(model, x, labels(distribution, 1, 2));
        assertBlocks(TestNets.factors(model), expected, RELATIVE, ABSOLUTE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Distribution.class,
            names = {"SQUARED_ERROR", "SOFTMAX", "SIGMOID"})
    void monteCarloFisher_oneExampleManyDraws_approachesGaussNewtonBlocks(Distribution distribution) { // T2
        ILossFunction loss = loss(distribution);
        Spec spec = new Spec(Activation.TANH, outputActivation(distribution), loss, 5, 4, 4, 2);
        Model model = spec.network(kfac(FisherEstimator.monteCarlo(1, 7)));
        TestNets.attach(model);
        INDArray x = inputs(1, 5);
        List<INDArray> expected = DenseFisher.blocks(model, x, distribution, true);
        // One example repeated n times with one draw each is one example with n draws.
        INDArray repeated = Nd4j.tile(x, MONTE_CARLO_SAMPLES, 1);
        TestNets.fit(model, repeated, labels(distribution, MONTE_CARLO_SAMPLES, 2));
        assertBlocks(TestNets.factors(model), expected, MONTE_CARLO_RELATIVE, MONTE_CARLO_ABSOLUTE);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void empiricalFisher_oneExample_equalsGradientOuterProduct(Kind kind) { // T3
        Spec spec = new Spec(Activation.TANH, Activation.IDENTITY, new LossMSE(), 5, 4, 4, 2);
        Model model = spec.model(kind, kfac(FisherEstimator.empirical()));
        TestNets.attach(model);
        INDArray x = inputs(1, 5);
        INDArray y = labels(Distribution.SQUARED_ERROR, 1, 2);
        Model plain = spec.model(kind, new org.nd4j.linalg.learning.config.Sgd(1));
        plain.setParams(model.params().dup());
        INDArray gradient = TestNets.step(plain, x, y).muli(2); // the canonical loss sums over two outputs
        TestNets.fit(model, x, y);
        List<INDArray> expected = new ArrayList<>();
        int[] nOut = {4, 4, 2};
        for (UpdaterBlock block : TestNets.updater(model).getUpdaterBlocks()) {
            INDArray g = DenseFisher.canonical(DenseFisher.slice(gradient, block), nOut[expected.size()], true);
            expected.add(g.mmul(g.transpose()));
        }
        assertBlocks(TestNets.factors(model), expected, RELATIVE, ABSOLUTE);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void exactFisher_deepLinearNet_equalsGaussNewtonBlocks(Kind kind) { // T4
        for (ILossFunction loss : List.of(new LossMSE(), new LossL2())) {
            Model model = deepLinear(loss).model(kind, kfac(FisherEstimator.exact()));
            TestNets.attach(model);
            INDArray x = inputs(6, 4);
            List<INDArray> expected = DenseFisher.blocks(model, x, Distribution.SQUARED_ERROR, true);
            TestNets.fit(model, x, labels(Distribution.SQUARED_ERROR, 6, 2));
            assertBlocks(TestNets.factors(model), expected, RELATIVE, ABSOLUTE);
        }
    }

    private static Spec deepLinear(ILossFunction loss) {
        return new Spec(Activation.IDENTITY, Activation.IDENTITY, loss, 4, 3, 3, 2);
    }

    @Test
    void monteCarloFisher_deepLinearNet_approachesGaussNewtonBlocks() { // T5
        Model model = deepLinear(new LossMSE()).network(kfac(FisherEstimator.monteCarlo(1, 11)));
        TestNets.attach(model);
        INDArray x = inputs(6, 4);
        List<INDArray> expected = DenseFisher.blocks(model, x, Distribution.SQUARED_ERROR, true);
        INDArray repeated = Nd4j.tile(x, MONTE_CARLO_SAMPLES / 6, 1);
        TestNets.fit(model, repeated, labels(Distribution.SQUARED_ERROR, repeated.rows(), 2));
        assertBlocks(TestNets.factors(model), expected, MONTE_CARLO_RELATIVE, MONTE_CARLO_ABSOLUTE);
    }

    @Test
    void empiricalFisher_severalExamples_differsFromFisher() { // T5, the inequality
        Model model = deepLinear(new LossMSE()).network(kfac(FisherEstimator.empirical()));
        TestNets.attach(model);
        INDArray x = inputs(6, 4);
        List<INDArray> fisher = DenseFisher.blocks(model, x, Distribution.SQUARED_ERROR, true);
        TestNets.fit(model, x, labels(Distribution.SQUARED_ERROR, 6, 2));
        INDArray last = TestNets.factors(model).get(2).dense();
        assertThat(relativeError(last, fisher.get(2))).isGreaterThan(0.1);
    }

    @Test
    void exactFisher_tanhNetWithSeveralExamples_isExactForTheLastLayerOnly() {
        Model model = new Spec(Activation.TANH, Activation.IDENTITY, new LossMSE(), 4, 3, 3, 2)
                .network(kfac(FisherEstimator.exact()));
        TestNets.attach(model);
        INDArray x = inputs(6, 4);
        List<INDArray> fisher = DenseFisher.blocks(model, x, Distribution.SQUARED_ERROR, true);
        TestNets.fit(model, x, labels(Distribution.SQUARED_ERROR, 6, 2));
        List<KroneckerProduct> factors = TestNets.factors(model);
        assertThat(relativeError(factors.get(2).dense(), fisher.get(2))).isLessThan(RELATIVE);
        assertThat(relativeError(factors.get(0).dense(), fisher.get(0))).isGreaterThan(1e-3);
    }

    @Test
    void foof_oneLinearLayer_isTheGaussNewtonMatrixUpToTheLossHessian() { // T9
        Foof foof = Foof.builder().learningRate(0).movingAverage(0).momentum(0).build();
        Model model = new Spec(Activation.IDENTITY, Activation.IDENTITY, new LossMSE(), 4, 2).network(foof);
        TestNets.attach(model);
        INDArray x = inputs(6, 4);
        INDArray fisher =
                DenseFisher.blocks(model, x, Distribution.SQUARED_ERROR, true).get(0);
        TestNets.fit(model, x, labels(Distribution.SQUARED_ERROR, 6, 2));
        INDArray kronecker = TestNets.factors(model).get(0).dense().muli(2); // Hessian 2 I of the summed squares
        assertThat(relativeError(kronecker, fisher)).isLessThan(RELATIVE);
    }

    private static ILossFunction loss(Distribution distribution) {
        return switch (distribution) {
            case SQUARED_ERROR -> new LossMSE();
            case SOFTMAX -> new LossMCXENT();
            case SIGMOID -> new LossBinaryXENT();
        };
    }

    private static Activation outputActivation(Distribution distribution) {
        return switch (distribution) {
            case SQUARED_ERROR -> Activation.IDENTITY;
            case SOFTMAX -> Activation.SOFTMAX;
            case SIGMOID -> Activation.SIGMOID;
        };
    }

    private static INDArray inputs(int n, int d) {
        Nd4j.getRandom().setSeed(17);
        return Nd4j.randn(DataType.DOUBLE, n, d);
    }

    private static INDArray labels(Distribution distribution, int n, int k) {
        Nd4j.getRandom().setSeed(18);
        if (distribution == Distribution.SQUARED_ERROR) {
            return Nd4j.randn(DataType.DOUBLE, n, k);
        }
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, n, k);
        for (int i = 0; i < n; i++) {
            labels.putScalar(i, i % k, 1);
        }
        return labels;
    }

    private static double relativeError(INDArray actual, INDArray expected) {
        return actual.sub(expected).norm2Number().doubleValue()
                / expected.norm2Number().doubleValue();
    }

    private static void assertBlocks(
            List<KroneckerProduct> actual, List<INDArray> expected, double relative, double absolute) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int block = 0; block < actual.size(); block++) {
            INDArray a = actual.get(block).dense();
            INDArray e = expected.get(block);
            double scale = e.amaxNumber().doubleValue();
            double worst = a.sub(e).amaxNumber().doubleValue();
            assertThat(worst)
                    .as("block %s: largest deviation, largest entry %s", block, scale)
                    .isLessThanOrEqualTo(absolute + relative * scale);
        }
    }
}
