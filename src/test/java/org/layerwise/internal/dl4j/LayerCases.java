package org.layerwise.internal.dl4j;

import static org.layerwise.internal.dl4j.Layers.dense;
import static org.layerwise.internal.dl4j.Layers.head;
import static org.layerwise.internal.dl4j.Layers.lstm;
import static org.layerwise.internal.dl4j.Layers.seriesHead;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.layers.util.IdentityLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks around each of DL4J's layers over vectors and time series, its output layers and its wrappers. */
final class LayerCases {
    private static final InputType FLAT = InputType.feedForward(5);
    private static final InputType SERIES = InputType.recurrent(5, 3);
    private static final int WORDS = 6;

    private final Map<String, NetworkCase> all = new LinkedHashMap<>();

    private LayerCases() {}

    static Map<String, NetworkCase> all() {
        LayerCases networkCases = new LayerCases();
        networkCases.overVectors();
        networkCases.outputs();
        networkCases.embeddings();
        networkCases.recurrent();
        networkCases.attention();
        networkCases.wrappers();
        return networkCases.all;
    }

    private void add(Class<?> subject, InputType input, Supplier<List<? extends Layer>> layers) {
        all.put(subject.getSimpleName(), NetworkCase.stack(subject, input, layers));
    }

    private void overVectors() {
        add(DenseLayer.class, FLAT, () -> List.of(dense(), head()));
        add(ActivationLayer.class, FLAT, () -> List.of(dense(), new ActivationLayer(Activation.RELU), head()));
        add(
                AutoEncoder.class,
                FLAT,
                () -> List.of(new AutoEncoder.Builder().nOut(4).build(), head()));
        add(VariationalAutoencoder.class, FLAT, () -> List.of(vae(), head()));
        add(BatchNormalization.class, FLAT, () -> List.of(dense(), new BatchNormalization(), head()));
        add(DropoutLayer.class, FLAT, () -> List.of(dense(), new DropoutLayer(0.8), head()));
        add(PReLULayer.class, FLAT, () -> List.of(dense(), prelu(), head()));
        add(
                ElementWiseMultiplicationLayer.class,
                FLAT,
                () -> List.of(
                        dense(),
                        new ElementWiseMultiplicationLayer.Builder()
                                .nIn(4)
                                .nOut(4)
                                .build(),
                        head()));
        add(IdentityLayer.class, FLAT, () -> List.of(dense(), new IdentityLayer("same"), head()));
        add(
                RepeatVector.class,
                FLAT,
                () -> List.of(dense(), new RepeatVector.Builder<>(3).build(), lstm(), seriesHead()));
    }

    private static PReLULayer prelu() {
        return new PReLULayer.Builder().inputShape(4).build();
    }

    private static VariationalAutoencoder vae() {
        return new VariationalAutoencoder.Builder()
                .encoderLayerSizes(4)
                .decoderLayerSizes(4)
                .nOut(3)
                .build();
    }

    private void outputs() {
        add(OutputLayer.class, FLAT, () -> List.of(head()));
        add(LossLayer.class, FLAT, () -> List.of(dense(), loss()));
        add(
                CenterLossOutputLayer.class,
                FLAT,
                () -> List.of(
                        dense(),
                        new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build()));
        all.put("OCNNOutputLayer", oneClass(OCNNOutputLayer.class));
        add(RnnOutputLayer.class, SERIES, () -> List.of(lstm(), seriesHead()));
        add(
                RnnLossLayer.class,
                SERIES,
                () -> List.of(
                        lstm(),
                        new RnnLossLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build()));
    }

    /** The labels are not read, but DL4J asks for some. */
    static NetworkCase oneClass(Class<?> subject) {
        return NetworkCase.stack(subject, FLAT, () -> List.of(dense(), oneClass()))
                .labels(() -> NetworkCase.random(NetworkCase.BATCH, 1));
    }

    private static OCNNOutputLayer oneClass() {
        return new OCNNOutputLayer.Builder()
                .nIn(4)
                .hiddenLayerSize(3)
                .activation(new ActivationSigmoid())
                .windowSize(100)
                .configureR(false) // else loading starts the margin anew
                .build();
    }

    private static LossLayer loss() {
        return new LossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private void embeddings() {
        all.put(
                "EmbeddingLayer",
                NetworkCase.stack(
                        EmbeddingLayer.class,
                        InputType.feedForward(WORDS),
                        () -> NetworkCase.indices(WORDS, NetworkCase.BATCH, 1),
                        () -> List.of(new EmbeddingLayer.Builder().nOut(4).build(), head())));
        all.put(
                "EmbeddingSequenceLayer",
                NetworkCase.stack(
                        EmbeddingSequenceLayer.class,
                        InputType.recurrent(WORDS, 4),
                        () -> NetworkCase.indices(WORDS, NetworkCase.BATCH, 4),
                        () -> List.of(
                                new EmbeddingSequenceLayer.Builder()
                                        .nIn(WORDS)
                                        .nOut(4)
                                        .inputLength(4)
                                        .build(),
                                seriesHead())));
    }

    private void recurrent() {
        add(LSTM.class, SERIES, () -> List.of(lstm(), seriesHead()));
        add(
                SimpleRnn.class,
                SERIES,
                () -> List.of(new SimpleRnn.Builder().nOut(3).build(), seriesHead()));
        graves();
        add(GlobalPoolingLayer.class, SERIES, () -> List.of(lstm(), new GlobalPoolingLayer(PoolingType.AVG), head()));
    }

    @SuppressWarnings("deprecation")
    private void graves() {
        add(
                org.deeplearning4j.nn.conf.layers.GravesLSTM.class,
                SERIES,
                () -> List.of(
                        new org.deeplearning4j.nn.conf.layers.GravesLSTM.Builder()
                                .nOut(3)
                                .build(),
                        seriesHead()));
        add(
                org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM.class,
                SERIES,
                () -> List.of(
                        new org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM.Builder()
                                .nOut(3)
                                .build(),
                        seriesHead()));
    }

    private void attention() {
        attendLearned();
        add(
                SelfAttentionLayer.class,
                SERIES,
                () -> List.of(
                        new SelfAttentionLayer.Builder()
                                .nHeads(2)
                                .headSize(2)
                                .projectInput(true)
                                .nOut(4)
                                .weightInit(WeightInit.XAVIER)
                                .build(),
                        seriesHead()));
        add(
                RecurrentAttentionLayer.class,
                SERIES,
                () -> List.of(
                        new RecurrentAttentionLayer.Builder()
                                .nHeads(2)
                                .headSize(2)
                                .projectInput(true)
                                .nOut(4)
                                .weightInit(WeightInit.XAVIER)
                                .activation(Activation.TANH)
                                .build(),
                        seriesHead()));
    }

    private void attendLearned() {
        NetworkCase learned = NetworkCase.stack(
                LearnedSelfAttentionLayer.class,
                SERIES,
                () -> List.of(
                        new LearnedSelfAttentionLayer.Builder()
                                .nHeads(1)
                                .nQueries(2)
                                .weightInit(WeightInit.XAVIER)
                                .build(),
                        seriesHead()));
        all.put(
                "LearnedSelfAttentionLayer",
                learned.labels(() -> NetworkCase.distributions(NetworkCase.BATCH, 3, 2))
                        .refused("scatter_update"));
    }

    private void wrappers() {
        add(FrozenLayer.class, FLAT, () -> List.of(new FrozenLayer(dense()), dense(), head()));
        add(
                FrozenLayerWithBackprop.class,
                FLAT,
                () -> List.of(dense(), new FrozenLayerWithBackprop(dense()), dense(), head()));
        add(
                Bidirectional.class,
                SERIES,
                () -> List.of(new Bidirectional(Bidirectional.Mode.CONCAT, lstm()), seriesHead()));
        add(LastTimeStep.class, SERIES, () -> List.of(new LastTimeStep(lstm()), head()));
        add(TimeDistributed.class, SERIES, () -> List.of(new TimeDistributed(dense()), seriesHead()));
        add(MaskLayer.class, SERIES, () -> List.of(lstm(), new MaskLayer(), seriesHead()));
        add(
                MaskZeroLayer.class,
                SERIES,
                () -> List.of(
                        new MaskZeroLayer.Builder()
                                .setUnderlying(lstm())
                                .setMaskValue(0)
                                .build(),
                        seriesHead()));
    }
}
