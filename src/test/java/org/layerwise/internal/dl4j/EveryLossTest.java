package org.layerwise.internal.dl4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.layers.ocnn.OCNNOutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossCosineProximity;
import org.nd4j.linalg.lossfunctions.impl.LossFMeasure;
import org.nd4j.linalg.lossfunctions.impl.LossHinge;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMAPE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossMSLE;
import org.nd4j.linalg.lossfunctions.impl.LossMixtureDensity;
import org.nd4j.linalg.lossfunctions.impl.LossMultiLabel;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;
import org.nd4j.linalg.lossfunctions.impl.LossPoisson;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossSquaredHinge;
import org.nd4j.linalg.lossfunctions.impl.LossWasserstein;

/** Every loss of DL4J lives in the output layer of an attached network. */
class EveryLossTest {
    private static final int OUTPUTS = 3;

    private final Map<String, NetworkCase> all = new LinkedHashMap<>();

    private static Map<String, NetworkCase> networkCases() {
        EveryLossTest catalogue = new EveryLossTest();
        catalogue.ofReals();
        catalogue.ofProbabilities();
        catalogue.ofSignsAndCounts();
        catalogue.ofOddLabels();
        return catalogue.all;
    }

    private static Stream<Arguments> lives() {
        return NetworkLife.withEach(networkCases());
    }

    /** A dense layer and an output layer with the loss and its activation. */
    private static NetworkCase head(ILossFunction loss, int outputs, Activation activation, Supplier<INDArray> labels) {
        return NetworkCase.stack(
                        loss.getClass(),
                        InputType.feedForward(5),
                        () -> List.of(
                                Layers.dense(),
                                new OutputLayer.Builder(loss)
                                        .nOut(outputs)
                                        .activation(activation)
                                        .build()))
                .labels(labels);
    }

    private void add(ILossFunction loss, Activation activation, Supplier<INDArray> labels) {
        all.put(loss.getClass().getSimpleName(), head(loss, OUTPUTS, activation, labels));
    }

    private static INDArray reals() {
        return NetworkCase.random(NetworkCase.BATCH, OUTPUTS);
    }

    private static INDArray probabilities() {
        return NetworkCase.distributions(NetworkCase.BATCH, OUTPUTS);
    }

    private static INDArray bits() {
        return NetworkCase.indices(2, NetworkCase.BATCH, OUTPUTS);
    }

    private static INDArray signs() {
        return bits().muli(2).subi(1);
    }

    private void ofReals() {
        add(new LossMSE(), Activation.IDENTITY, EveryLossTest::reals);
        add(new LossL2(), Activation.IDENTITY, EveryLossTest::reals);
        add(new LossMAE(), Activation.IDENTITY, EveryLossTest::reals);
        add(new LossL1(), Activation.IDENTITY, EveryLossTest::reals);
        add(new LossMAPE(), Activation.IDENTITY, EveryLossTest::reals);
        add(new LossCosineProximity(), Activation.IDENTITY, EveryLossTest::reals);
        add(new LossWasserstein(), Activation.IDENTITY, EveryLossTest::signs);
    }

    private void ofProbabilities() {
        add(new LossMCXENT(), Activation.SOFTMAX, EveryLossTest::probabilities);
        add(new LossNegativeLogLikelihood(), Activation.SOFTMAX, EveryLossTest::probabilities);
        add(new LossKLD(), Activation.SOFTMAX, EveryLossTest::probabilities);
        add(new LossBinaryXENT(), Activation.SIGMOID, EveryLossTest::bits);
        add(new LossMultiLabel(), Activation.SIGMOID, EveryLossTest::bits);
    }

    private void ofSignsAndCounts() {
        add(new LossHinge(), Activation.IDENTITY, EveryLossTest::signs);
        add(new LossSquaredHinge(), Activation.IDENTITY, EveryLossTest::signs);
        add(new LossPoisson(), Activation.SOFTPLUS, () -> NetworkCase.indices(4, NetworkCase.BATCH, OUTPUTS));
        add(new LossMSLE(), Activation.SOFTPLUS, () -> NetworkCase.indices(4, NetworkCase.BATCH, OUTPUTS));
    }

    private void ofOddLabels() {
        add(new LossSparseMCXENT(), Activation.SOFTMAX, () -> NetworkCase.indices(OUTPUTS, NetworkCase.BATCH, 1));
        all.put(
                "LossFMeasure",
                head(new LossFMeasure(), 1, Activation.SIGMOID, () -> NetworkCase.indices(2, NetworkCase.BATCH, 1)));
        LossMixtureDensity mixture =
                LossMixtureDensity.builder().gaussians(2).labelWidth(1).build();
        all.put(
                "LossMixtureDensity",
                head(mixture, 6, Activation.IDENTITY, () -> NetworkCase.random(NetworkCase.BATCH, 1)));
        all.put("OCNNLossFunction", LayerCases.oneClass(OCNNOutputLayer.OCNNLossFunction.class));
    }

    @Test
    void catalogue_holdsEachLossOfDl4j() {
        NetworkLife.requireEach(ILossFunction.class, networkCases());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("lives")
    void attachedNetwork_withTheLoss_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }
}
