package org.layerwise.internal.dl4j;

import static org.layerwise.internal.dl4j.Layers.convolution;
import static org.layerwise.internal.dl4j.Layers.dense;
import static org.layerwise.internal.dl4j.Layers.head;
import static org.layerwise.internal.dl4j.Layers.seriesHead;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CapsuleLayer;
import org.deeplearning4j.nn.conf.layers.CapsuleStrengthLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.PrimaryCapsules;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToBatchLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.Upsampling3D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks around each of DL4J's layers over images, volumes and sequences of fixed length. */
final class ConvolutionCases {
    private static final InputType SERIES = InputType.recurrent(3, 6);
    private static final InputType IMAGE = InputType.convolutional(6, 6, 2);
    private static final InputType VOLUME = InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 4, 4, 2);
    private static final int[] TWO = {2, 2};

    private final Map<String, NetworkCase> all = new LinkedHashMap<>();

    private ConvolutionCases() {}

    static Map<String, NetworkCase> all() {
        ConvolutionCases networkCases = new ConvolutionCases();
        networkCases.images();
        networkCases.imagesReshaped();
        networkCases.series();
        networkCases.volumes();
        networkCases.capsules();
        networkCases.losses();
        return networkCases.all;
    }

    private void add(Class<?> subject, InputType input, Supplier<List<? extends Layer>> layers) {
        all.put(subject.getSimpleName(), NetworkCase.stack(subject, input, layers));
    }

    /** With a dense layer behind it, so that every method has something to precondition. */
    private void addBeforeDense(Class<?> subject, InputType input, Supplier<Layer> layer) {
        add(subject, input, () -> List.of(layer.get(), dense(), head()));
    }

    /** Layers that are other names of their base classes have no builder of their own. */
    private static Layer set(ConvolutionLayer layer, int... kernel) {
        layer.setNOut(3);
        layer.setKernelSize(kernel);
        layer.setStride(filled(1, kernel.length));
        layer.setDilation(filled(1, kernel.length));
        layer.setPadding(filled(0, kernel.length));
        return layer;
    }

    private static Layer set(SubsamplingLayer layer, int... kernel) {
        layer.setPoolingType(PoolingType.MAX);
        layer.setKernelSize(kernel);
        layer.setStride(kernel);
        layer.setPadding(filled(0, kernel.length));
        return layer;
    }

    private static int[] filled(int value, int length) {
        int[] out = new int[length];
        Arrays.fill(out, value);
        return out;
    }

    private void images() {
        addBeforeDense(
                ConvolutionLayer.class,
                IMAGE,
                () -> new ConvolutionLayer.Builder(2, 3).nOut(3).build());
        addBeforeDense(Convolution2D.class, IMAGE, () -> set(new Convolution2D(), 2, 3));
        addBeforeDense(
                Deconvolution2D.class,
                IMAGE,
                () -> new Deconvolution2D.Builder(2, 2).nOut(2).build());
        addBeforeDense(
                DepthwiseConvolution2D.class,
                IMAGE,
                () -> new DepthwiseConvolution2D.Builder(2, 2)
                        .depthMultiplier(2)
                        .build());
        addBeforeDense(
                SeparableConvolution2D.class,
                IMAGE,
                () -> new SeparableConvolution2D.Builder(2, 2).nOut(3).build());
        addBeforeDense(
                LocallyConnected2D.class,
                IMAGE,
                () -> new LocallyConnected2D.Builder()
                        .kernelSize(3, 3)
                        .stride(3, 3)
                        .nOut(2)
                        .build());
    }

    private void imagesReshaped() {
        addBeforeDense(SubsamplingLayer.class, IMAGE, () -> new SubsamplingLayer.Builder(TWO, TWO).build());
        addBeforeDense(Pooling2D.class, IMAGE, () -> set(new Pooling2D(), 2, 2));
        addBeforeDense(Upsampling2D.class, IMAGE, () -> new Upsampling2D.Builder(2).build());
        addBeforeDense(ZeroPaddingLayer.class, IMAGE, () -> new ZeroPaddingLayer.Builder(1, 1).build());
        addBeforeDense(Cropping2D.class, IMAGE, () -> new Cropping2D.Builder(1, 1).build());
        addBeforeDense(
                SpaceToDepthLayer.class,
                IMAGE,
                () -> new SpaceToDepthLayer.Builder<>(2, org.deeplearning4j.nn.conf.CNN2DFormat.NCHW).build());
        addBeforeDense(SpaceToBatchLayer.class, IMAGE, () -> new SpaceToBatchLayer.Builder<>(TWO).build());
        add(
                LocalResponseNormalization.class,
                IMAGE,
                () -> List.of(convolution(4), new LocalResponseNormalization.Builder().build(), dense(), head()));
    }

    private void series() {
        add(Convolution1D.class, SERIES, () -> List.of(set(new Convolution1D(), 2, 1), seriesHead()));
        add(
                Convolution1DLayer.class,
                SERIES,
                () -> List.of(new Convolution1DLayer.Builder(2).nOut(3).build(), seriesHead()));
        add(
                LocallyConnected1D.class,
                SERIES,
                () -> List.of(
                        new LocallyConnected1D.Builder()
                                .kernelSize(2)
                                .stride(2)
                                .nOut(3)
                                .build(),
                        seriesHead()));
        add(
                Subsampling1DLayer.class,
                SERIES,
                () -> List.of(new Subsampling1DLayer.Builder(2, 2).build(), seriesHead()));
        add(Pooling1D.class, SERIES, () -> List.of(set(new Pooling1D(), 2, 1), seriesHead()));
        add(Upsampling1D.class, SERIES, () -> List.of(new Upsampling1D.Builder(2).build(), seriesHead()));
        add(ZeroPadding1DLayer.class, SERIES, () -> List.of(new ZeroPadding1DLayer.Builder(1).build(), seriesHead()));
        add(Cropping1D.class, SERIES, () -> List.of(new Cropping1D.Builder(1).build(), seriesHead()));
    }

    private void volumes() {
        addVolume(
                Convolution3D.class,
                () -> new Convolution3D.Builder(2, 2, 2).nOut(2).build());
        addVolume(
                Deconvolution3D.class,
                () -> new Deconvolution3D.Builder().kernelSize(2, 2, 2).nOut(2).build());
        addVolume(
                Subsampling3DLayer.class,
                () -> new Subsampling3DLayer.Builder(2, 2, 2).stride(2, 2, 2).build());
        addVolume(Upsampling3D.class, () -> new Upsampling3D.Builder(2).build());
        addVolume(ZeroPadding3DLayer.class, () -> new ZeroPadding3DLayer.Builder(1).build());
        addVolume(Cropping3D.class, () -> new Cropping3D.Builder(1, 1, 1).build());
    }

    /** Pooled before the dense layer: DL4J forgets the data format behind some of these layers and flattens wrongly. */
    private void addVolume(Class<?> subject, Supplier<Layer> layer) {
        add(
                subject,
                VOLUME,
                () -> List.of(
                        new Convolution3D.Builder(1, 1, 1).nOut(2).build(),
                        layer.get(),
                        new GlobalPoolingLayer(PoolingType.MAX),
                        dense(),
                        head()));
    }

    private static List<Layer> capsuleNetwork() {
        List<Layer> layers = new ArrayList<>();
        layers.add(
                new PrimaryCapsules.Builder(2, 2).kernelSize(3, 3).stride(3, 3).build());
        layers.add(new CapsuleLayer.Builder(3, 2, 2).build());
        layers.add(new CapsuleStrengthLayer.Builder().build());
        layers.add(dense());
        layers.add(head());
        return layers;
    }

    private void capsules() {
        for (Class<?> subject : List.of(PrimaryCapsules.class, CapsuleLayer.class, CapsuleStrengthLayer.class)) {
            add(subject, IMAGE, ConvolutionCases::capsuleNetwork);
        }
    }

    private void losses() {
        add(
                CnnLossLayer.class,
                IMAGE,
                () -> List.of(
                        convolution(3),
                        new CnnLossLayer.Builder(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build()));
        add(
                Cnn3DLossLayer.class,
                VOLUME,
                () -> List.of(
                        new Convolution3D.Builder(1, 1, 1).nOut(3).build(),
                        new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                                .lossFunction(LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build()));
        add(Yolo2OutputLayer.class, IMAGE, () -> List.of(convolution(7), yolo()));
        all.computeIfPresent("Yolo2OutputLayer", (name, networkCase) -> networkCase.labels(ConvolutionCases::boxes));
    }

    private static Yolo2OutputLayer yolo() {
        return new Yolo2OutputLayer.Builder()
                .boundingBoxPriors(Nd4j.createFromArray(new float[][] {{2, 2}}))
                .build();
    }

    /** One object an image: its corners in the first four channels, and one of two classes, at the cell of its centre. */
    private static INDArray boxes() {
        INDArray labels = NetworkCase.random(NetworkCase.BATCH, 6, 6, 6).muli(0);
        for (int i = 0; i < NetworkCase.BATCH; i++) {
            float[] box = {1, 1, 2.6f, 2.8f};
            for (int c = 0; c < box.length; c++) {
                labels.putScalar(new int[] {i, c, 1, 1}, box[c]);
            }
            labels.putScalar(new int[] {i, 4 + i % 2, 1, 1}, 1);
        }
        return labels;
    }
}
