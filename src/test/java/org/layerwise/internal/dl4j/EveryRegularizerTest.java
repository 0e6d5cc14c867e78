package org.layerwise.internal.dl4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.MinMaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;

/** Every dropout, weight noise and constraint of DL4J lives in an attached network. */
class EveryRegularizerTest {
    private static final InputType FLAT = InputType.feedForward(5);
    private static final double KEEP = 0.7;

    private static DenseLayer.Builder dense() {
        return new DenseLayer.Builder().nOut(4);
    }

    private static void add(Map<String, NetworkCase> all, Class<?> subject, DenseLayer layer) {
        all.put(
                subject.getSimpleName(),
                NetworkCase.stack(
                        subject, FLAT, () -> List.of(Layers.dense(), (DenseLayer) layer.clone(), Layers.head())));
    }

    private static Map<String, NetworkCase> dropouts() {
        Map<String, NetworkCase> all = new LinkedHashMap<>();
        for (IDropout dropout : List.of(
                new Dropout(KEEP), new AlphaDropout(KEEP), new GaussianDropout(KEEP), new GaussianNoise(KEEP))) {
            add(all, dropout.getClass(), dense().dropOut(dropout).build());
        }
        all.put(
                "SpatialDropout",
                NetworkCase.stack(
                        SpatialDropout.class,
                        InputType.convolutional(4, 4, 2),
                        () -> List.of(
                                Layers.convolution(3),
                                new ConvolutionLayer.Builder(1, 1)
                                        .nOut(2)
                                        .dropOut(new SpatialDropout(KEEP))
                                        .build(),
                                Layers.dense(),
                                Layers.head())));
        return all;
    }

    private static Map<String, NetworkCase> noises() {
        Map<String, NetworkCase> all = new LinkedHashMap<>();
        for (IWeightNoise noise :
                List.of(new DropConnect(KEEP), new WeightNoise(new NormalDistribution(0, 0.1), true))) {
            add(all, noise.getClass(), dense().weightNoise(noise).build());
        }
        return all;
    }

    private static Map<String, NetworkCase> constraints() {
        Map<String, NetworkCase> all = new LinkedHashMap<>();
        for (LayerConstraint constraint : List.of(
                new MaxNormConstraint(0.5, 1),
                new MinMaxNormConstraint(0.4, 0.5, 1),
                new NonNegativeConstraint(),
                new UnitNormConstraint(1))) {
            add(all, constraint.getClass(), dense().constrainWeights(constraint).build());
        }
        return all;
    }

    private static Stream<Arguments> lives() {
        Map<String, NetworkCase> all = new LinkedHashMap<>(dropouts());
        all.putAll(noises());
        all.putAll(constraints());
        return NetworkLife.withEach(all);
    }

    @Test
    void catalogue_holdsEachRegularizerOfDl4j() {
        NetworkLife.requireEach(IDropout.class, dropouts());
        NetworkLife.requireEach(IWeightNoise.class, noises());
        NetworkLife.requireEach(LayerConstraint.class, constraints());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("lives")
    void attachedNetwork_regularized_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }
}
