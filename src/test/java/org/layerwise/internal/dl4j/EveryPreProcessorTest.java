package org.layerwise.internal.dl4j;

import static org.layerwise.internal.dl4j.Layers.convolution;
import static org.layerwise.internal.dl4j.Layers.head;
import static org.layerwise.internal.dl4j.Layers.lstm;
import static org.layerwise.internal.dl4j.Layers.seriesHead;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnn3DPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.deeplearning4j.preprocessors.KerasFlattenRnnPreprocessor;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;

/** Every preprocessor of DL4J lives between two layers of an attached network. */
class EveryPreProcessorTest {
    private static final InputType FLAT = InputType.feedForward(5);
    private static final InputType SERIES = InputType.recurrent(5, 4);
    private static final InputType IMAGE = InputType.convolutional(3, 3, 2);
    private static final InputType VIDEO = InputType.recurrent(18, 3);
    private static final InputType VOLUME = InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 2, 2, 2);

    private final Map<String, NetworkCase> all = new LinkedHashMap<>();

    private static Map<String, NetworkCase> networkCases() {
        EveryPreProcessorTest catalogue = new EveryPreProcessorTest();
        catalogue.ofImages();
        catalogue.ofSeries();
        catalogue.ofKeras();
        return catalogue.all;
    }

    private static Stream<Arguments> lives() {
        return NetworkLife.withEach(networkCases());
    }

    /** Each preprocessor stands before the layer whose input it prepares. */
    private void add(Class<?> subject, InputType input, Supplier<List<?>> parts) {
        NetworkCase networkCase = NetworkCase.of(
                subject,
                builder -> {
                    NeuralNetConfiguration.ListBuilder list = builder.list();
                    int layers = 0;
                    for (Object part : parts.get()) {
                        if (part instanceof InputPreProcessor preProcessor) {
                            list.inputPreProcessor(layers, preProcessor);
                        } else {
                            list.layer((Layer) part);
                            layers++;
                        }
                    }
                    return NetworkCase.initialised(list.setInputType(input));
                },
                () -> NetworkCase.features(input));
        all.put(subject.getSimpleName(), networkCase);
    }

    private static DenseLayer dense(int nOut) {
        return new DenseLayer.Builder().nOut(nOut).build();
    }

    private static Convolution3D volumes() {
        return new Convolution3D.Builder(1, 1, 1)
                .dataFormat(Convolution3D.DataFormat.NCDHW)
                .nOut(2)
                .build();
    }

    private void ofImages() {
        add(
                CnnToFeedForwardPreProcessor.class,
                IMAGE,
                () -> List.of(
                        convolution(2),
                        new CnnToFeedForwardPreProcessor(3, 3, 2, CNN2DFormat.NCHW),
                        Layers.dense(),
                        head()));
        add(
                FeedForwardToCnnPreProcessor.class,
                FLAT,
                () -> List.of(dense(18), new FeedForwardToCnnPreProcessor(3, 3, 2), convolution(2), head()));
        add(
                Cnn3DToFeedForwardPreProcessor.class,
                VOLUME,
                () -> List.of(volumes(), new Cnn3DToFeedForwardPreProcessor(2, 2, 2, 2, true), Layers.dense(), head()));
        add(
                FeedForwardToCnn3DPreProcessor.class,
                FLAT,
                () -> List.of(
                        dense(16),
                        new FeedForwardToCnn3DPreProcessor(2, 2, 2, 2, true),
                        volumes(),
                        new Cnn3DToFeedForwardPreProcessor(2, 2, 2, 2, true),
                        head()));
    }

    private void ofSeries() {
        for (Class<?> subject : List.of(RnnToFeedForwardPreProcessor.class, FeedForwardToRnnPreProcessor.class)) {
            add(
                    subject,
                    SERIES,
                    () -> List.of(
                            lstm(),
                            new RnnToFeedForwardPreProcessor(RNNFormat.NCW),
                            Layers.dense(),
                            new FeedForwardToRnnPreProcessor(RNNFormat.NCW),
                            seriesHead()));
        }
        for (Class<?> subject : List.of(RnnToCnnPreProcessor.class, CnnToRnnPreProcessor.class)) {
            add(
                    subject,
                    VIDEO,
                    () -> List.of(
                            new RnnToCnnPreProcessor(3, 3, 2, RNNFormat.NCW),
                            convolution(2),
                            new CnnToRnnPreProcessor(3, 3, 2, RNNFormat.NCW),
                            lstm(),
                            seriesHead()));
        }
        add(
                ComposableInputPreProcessor.class,
                SERIES,
                () -> List.of(
                        lstm(),
                        new ComposableInputPreProcessor(new RnnToFeedForwardPreProcessor(RNNFormat.NCW)),
                        Layers.dense(),
                        new ComposableInputPreProcessor(new FeedForwardToRnnPreProcessor(RNNFormat.NCW)),
                        seriesHead()));
    }

    private void ofKeras() {
        add(
                KerasFlattenRnnPreprocessor.class,
                SERIES,
                () -> List.of(lstm(), new KerasFlattenRnnPreprocessor(3, 4), Layers.dense(), head()));
        add(
                PermutePreprocessor.class,
                SERIES,
                () -> List.of(lstm(), new PermutePreprocessor(2, 1), lstm(), seriesHead()));
        add(
                ReshapePreprocessor.class,
                FLAT,
                () -> List.of(
                        Layers.dense(),
                        new ReshapePreprocessor(new long[] {4}, new long[] {2, 2}, false),
                        lstm(),
                        seriesHead()));
    }

    @Test
    void catalogue_holdsEachPreProcessorOfDl4j() {
        NetworkLife.requireEach(InputPreProcessor.class, networkCases());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("lives")
    void attachedNetwork_withThePreProcessor_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }
}
