package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.internal.linalg.KroneckerProduct;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.KroneckerSettings;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Reference numbers of one softmax layer, computed independently in double precision, through a DL4J network. */
class GoldenTest {
    /** The reference numbers have ten decimals. */
    private static final double TOLERANCE = 1e-8;

    private static final INDArray X = Nd4j.createFromArray(new double[][] {{1, 2}, {-1, .5}});
    private static final INDArray Y = Nd4j.createFromArray(new double[][] {{0, 1, 0}, {0, 0, 1}});
    private static final double LAMBDA = .1;

    private static final double[][] A = {{1, .75, 0}, {.75, 2.125, 1.25}, {0, 1.25, 1}};
    private static final double[][] G_EXACT = {
        {.1562083635, -.0730808985, -.0831274650},
        {-.0730808985, .2037443490, -.1306634505},
        {-.0831274650, -.1306634505, .2137909155}
    };
    private static final double[][] G_EMPIRICAL = {
        {.0386089059, -.0115299099, -.0270789960},
        {-.0115299099, .1057665403, -.0942366304},
        {-.0270789960, -.0942366304, .1213156263}
    };
    private static final double[][] V_FACTORED = {
        {-.0951068820, .1642137494, .1884351287},
        {-.2775565219, -.2195228817, -.0090843922},
        {.3726634039, .0553091324, -.1793507365}
    };
    private static final double[][] V_EXACT = {
        {-.1993890454, .2777159209, .3418061640},
        {-.5084908254, -.3553779642, .0207921239},
        {.7078798708, .0776620433, -.3625982879}
    };

    private static MultiLayerNetwork net(LayerwiseUpdater<KroneckerSettings> updater) {
        MultiLayerNetwork net =
                new Spec(Activation.IDENTITY, Activation.SOFTMAX, new LossMCXENT(), 2, 3).network(updater);
        net.setParam("0_W", Nd4j.createFromArray(new double[][] {{.1, .3, -.5}, {-.2, .4, .2}}));
        net.setParam("0_b", Nd4j.createFromArray(new double[][] {{.05, -.1, .2}}));
        return net;
    }

    private static Kfac.Builder kfac() {
        return Kfac.builder()
                .learningRate(1)
                .momentum(0)
                .movingAverage(0)
                .withoutKlClip()
                .fisher(FisherEstimator.exact())
                .damping(Damping.factored(LAMBDA));
    }

    /** The step of learning rate one as [out, in + 1], the reference's orientation. */
    private static double[][] step(MultiLayerNetwork net) {
        INDArray flat = TestNets.step(net, X, Y).reshape(9);
        double[][] v = new double[3][3];
        for (int out = 0; out < 3; out++) {
            v[out] = new double[] {flat.getDouble(2L * out), flat.getDouble(2L * out + 1), flat.getDouble(6L + out)};
        }
        return v;
    }

    private static void assertMatrix(double[][] actual, double[][] expected) {
        assertThat(actual.length).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("row %s", i).containsExactly(expected[i], within(TOLERANCE));
        }
    }

    @Test
    void score_ofTheReferenceNetwork() {
        MultiLayerNetwork net = net(kfac().build());
        Layerwise.attach(net);
        net.fit(X, Y);
        assertThat(net.score()).isCloseTo(.5443993276663828, within(TOLERANCE));
    }

    @Test
    void factors_exactFisher() {
        MultiLayerNetwork net = net(kfac().build());
        Layerwise.attach(net);
        net.fit(X, Y);
        KroneckerProduct factors = TestNets.factors(net).get(0);
        assertMatrix(factors.input().toDoubleMatrix(), A);
        assertMatrix(factors.output().toDoubleMatrix(), G_EXACT);
    }

    @Test
    void factors_empiricalFisher() {
        MultiLayerNetwork net = net(kfac().fisher(FisherEstimator.empirical()).build());
        Layerwise.attach(net);
        net.fit(X, Y);
        assertMatrix(TestNets.factors(net).get(0).output().toDoubleMatrix(), G_EMPIRICAL);
    }

    @Test
    void step_factoredDamping() {
        MultiLayerNetwork net = net(kfac().build());
        Layerwise.attach(net);
        assertMatrix(step(net), V_FACTORED);
    }

    @Test
    void step_exactDamping() {
        MultiLayerNetwork net = net(kfac().damping(Damping.exact(LAMBDA)).build());
        Layerwise.attach(net);
        assertMatrix(step(net), V_EXACT);
    }

    @Test
    void step_empiricalFisher() {
        MultiLayerNetwork net = net(kfac().fisher(FisherEstimator.empirical()).build());
        Layerwise.attach(net);
        assertThat(step(net)[0])
                .containsExactly(new double[] {-.1584713291, .3951160431, .4111756319}, within(TOLERANCE));
    }

    @Test
    void step_foof() {
        MultiLayerNetwork net = net(Foof.builder()
                .withoutKlClip()
                .learningRate(1)
                .momentum(0)
                .movingAverage(0)
                .damping(LAMBDA)
                .build());
        Layerwise.attach(net);
        assertThat(step(net)[0])
                .containsExactly(new double[] {-.0706947470, .0695580922, .0980633219}, within(TOLERANCE));
    }

    @Test
    void klClip_scalesTheStep() {
        MultiLayerNetwork net = net(kfac().learningRate(.5).klClip(1e-3).build());
        Attachment attachment = Layerwise.attach(net);
        double[][] step = step(net);
        double nu = .10122169454645207;
        assertThat(attachment.lastClipScale()).isCloseTo(nu, within(TOLERANCE));
        double[][] expected = new double[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                expected[i][j] = .5 * nu * V_FACTORED[i][j];
            }
        }
        assertMatrix(step, expected);
    }
}
