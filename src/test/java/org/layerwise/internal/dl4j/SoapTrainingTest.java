package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** What the rotation is for: inputs whose variances lie far apart, in directions that are not the axes. */
class SoapTrainingTest {
    private static final Spec SPEC =
            new Spec(Activation.TANH, Activation.IDENTITY, new LossMSE(), 12, 20, 8).with(DataType.FLOAT);
    private static final double[] RATES = {.003, .01, .03};

    @ParameterizedTest
    @EnumSource(Kind.class)
    void training_illConditionedInputs_beatsAdamAtItsBestRate(Kind kind) {
        double adam = Double.MAX_VALUE;
        double soap = Double.MAX_VALUE;
        double blocked = Double.MAX_VALUE;
        for (double rate : RATES) {
            adam = Math.min(adam, loss(kind, new Adam(rate)));
            soap = Math.min(soap, loss(kind, new Soap(rate)));
            blocked = Math.min(
                    blocked,
                    loss(kind, Soap.builder().learningRate(rate).blockSize(6).build()));
        }
        assertThat(soap).isLessThan(adam / 2);
        assertThat(blocked).isLessThan(adam);
    }

    /** Inputs of condition 70, and outputs that depend on all of their directions alike. */
    private static double loss(Kind kind, IUpdater updater) {
        RandomMatrices random = new RandomMatrices(3);
        double[] spectrum = new double[12];
        for (int i = 0; i < 12; i++) {
            spectrum[i] = Math.pow(10, -i / 6.);
        }
        double[][] directions = random.gaussian(128, 12);
        INDArray x = Loops.array(Loops.multiply(directions, random.symmetric(spectrum)), DataType.FLOAT, 'c');
        INDArray y = Loops.array(Loops.multiply(directions, random.gaussian(12, 8)), DataType.FLOAT, 'c');
        Model net = SPEC.model(kind, updater);
        if (updater instanceof Soap) {
            TestNets.attach(net);
        }
        for (int i = 0; i < 200; i++) {
            TestNets.fit(net, x, y);
        }
        return net.score();
    }
}
