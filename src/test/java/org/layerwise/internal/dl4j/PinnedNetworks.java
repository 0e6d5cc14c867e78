package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Six small networks and their batches. Between them: both data types, both network classes, layers with and without bias, L2,
 * weight decay of a layer, normalised gradients, masked labels, a layer and a bias with updaters of DL4J's, two heads, a
 * schedule, and layers that K-FAC leaves to its fallback.
 */
enum PinnedNetworks {
    CLASSIFIER(DataType.FLOAT, 8, 1e-4) {
        @Override
        Model build(IUpdater updater) {
            return net(builder(updater)
                    .l2(1e-3)
                    .list()
                    .layer(dense(8, 10, Activation.TANH).build())
                    .layer(dense(10, 6, Activation.TANH).build())
                    .layer(softmax(6, 4).build()));
        }

        @Override
        INDArray[] labels(int examples, Random random) {
            return new INDArray[] {classes(examples, 4, random)};
        }
    },
    /** The clip is out of reach. */
    REGRESSION(DataType.DOUBLE, 7, 1e3) {
        @Override
        Model build(IUpdater updater) {
            Layer first = dense(7, 9, Activation.SIGMOID)
                    .hasBias(false)
                    .weightDecay(0.02)
                    .build();
            return graph(builder(updater)
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("first", first, "in")
                    .addLayer(
                            "second",
                            dense(9, 6, Activation.TANH).hasBias(false).build(),
                            "first")
                    .addLayer("out", squares(6, 3).hasBias(false).build(), "second")
                    .setOutputs("out"));
        }

        @Override
        INDArray[] labels(int examples, Random random) {
            return new INDArray[] {uniform(examples, 3, random)};
        }
    },
    /** The normalisation layer has parameters with updaters of their own. */
    NORMALISED(DataType.DOUBLE, 6, 1e-5) {
        @Override
        Model build(IUpdater updater) {
            return net(builder(updater)
                    .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                    .gradientNormalizationThreshold(0.1)
                    .list()
                    .layer(dense(6, 8, Activation.SOFTPLUS).build())
                    .layer(new BatchNormalization.Builder().nOut(8).build())
                    .layer(new OutputLayer.Builder(LossFunction.XENT)
                            .nIn(8)
                            .nOut(3)
                            .activation(Activation.SIGMOID)
                            .build()));
        }

        @Override
        INDArray[] labels(int examples, Random random) {
            INDArray labels = uniform(examples, 3, random);
            return new INDArray[] {labels.gt(0).castTo(type)};
        }
    },
    TWO_HEADS(DataType.FLOAT, 8, 1e-4) {
        @Override
        Model build(IUpdater updater) {
            return graph(builder(updater)
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("trunk", dense(8, 10, Activation.TANH).build(), "in")
                    .addLayer(
                            "left",
                            dense(10, 6, Activation.SIGMOID).hasBias(false).build(),
                            "trunk")
                    .addLayer("classes", softmax(6, 3).build(), "left")
                    .addLayer(
                            "values",
                            squares(10, 2).updater(new Sgd(0.05)).l2(1e-2).build(),
                            "trunk")
                    .setOutputs("classes", "values"));
        }

        @Override
        INDArray[] labels(int examples, Random random) {
            return new INDArray[] {classes(examples, 3, random), uniform(examples, 2, random)};
        }
    },
    SCHEDULED(DataType.DOUBLE, 9, 1e-4) {
        @Override
        Model build(IUpdater updater) {
            double start = 2 * updater.getLearningRate(0, 0);
            updater.setLrAndSchedule(start, new ExponentialSchedule(ScheduleType.ITERATION, start, 0.98));
            DenseLayer first =
                    dense(9, 8, Activation.ELU).biasUpdater(new Sgd(0.02)).build();
            return net(builder(updater)
                    .list()
                    .layer(first)
                    .layer(dense(8, 6, Activation.TANH).l2(1e-2).build())
                    .layer(softmax(6, 3).weightDecay(0.05).build()));
        }

        @Override
        INDArray[] labels(int examples, Random random) {
            return new INDArray[] {classes(examples, 3, random)};
        }

        @Override
        INDArray[] masks(int examples, Random random) {
            INDArray mask = uniform(examples, 1, random).gt(-0.5).castTo(type);
            mask.putScalar(0, 0, 1); // at least one example counts
            return new INDArray[] {mask};
        }
    },
    CONVOLUTIONAL(DataType.FLOAT, 36, 1e-4) {
        @Override
        Model build(IUpdater updater) {
            return net(builder(updater)
                    .list()
                    .layer(new ConvolutionLayer.Builder(3, 3)
                            .nOut(4)
                            .stride(2, 2)
                            .activation(Activation.RELU)
                            .build())
                    .layer(new DenseLayer.Builder()
                            .nOut(8)
                            .activation(Activation.TANH)
                            .build())
                    .layer(softmax(8, 3).build())
                    .setInputType(InputType.convolutionalFlat(6, 6, 1)));
        }

        @Override
        INDArray[] labels(int examples, Random random) {
            return new INDArray[] {classes(examples, 3, random)};
        }
    };

    private static final int[] BATCH_SIZES = {16, 8, 12, 16, 10};

    final DataType type;
    private final int inputs;
    private final double klClip;

    PinnedNetworks(DataType type, int inputs, double klClip) {
        this.type = type;
        this.inputs = inputs;
        this.klClip = klClip;
    }

    /** The bound of the KL clip for K-FAC, which binds in nearly every step unless said otherwise. */
    double klClip() {
        return klClip;
    }

    /** An initialised network. The updater is the network's own. */
    abstract Model build(IUpdater updater);

    /** Labels of each head. */
    abstract INDArray[] labels(int examples, Random random);

    /** Masks of the labels of each head, or null. */
    INDArray @Nullable [] masks(int examples, Random random) {
        return null;
    }

    /** Batches of several sizes, to be used in turn. Features differ in scale. */
    List<MultiDataSet> batches() {
        Random random = new Random(2718 + inputs);
        List<MultiDataSet> batches = new ArrayList<>();
        for (int examples : BATCH_SIZES) {
            INDArray features = uniform(examples, inputs, random);
            for (int j = 0; j < inputs; j++) {
                features.getColumn(j).muli(3.0 / (1 + j % 6));
            }
            INDArray[] labels = labels(examples, random);
            batches.add(new MultiDataSet(new INDArray[] {features}, labels, null, masks(examples, random)));
        }
        return batches;
    }

    static void fit(Model model, MultiDataSet batch) {
        if (model instanceof MultiLayerNetwork net) {
            INDArray mask = batch.getLabelsMaskArrays() == null ? null : batch.getLabelsMaskArray(0);
            net.fit(batch.getFeatures(0), batch.getLabels(0), null, mask);
        } else {
            ((ComputationGraph) model).fit(batch);
        }
    }

    NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(31)
                .dataType(type)
                .biasInit(0.05)
                .updater(updater);
    }

    INDArray uniform(int rows, int columns, Random random) {
        double[][] values = new double[rows][columns];
        for (double[] row : values) {
            for (int j = 0; j < columns; j++) {
                row[j] = 2 * random.nextDouble() - 1;
            }
        }
        return Nd4j.createFromArray(values).castTo(type);
    }

    INDArray classes(int rows, int count, Random random) {
        INDArray classes = Nd4j.zeros(type, rows, count);
        for (int i = 0; i < rows; i++) {
            classes.putScalar(i, random.nextInt(count), 1);
        }
        return classes;
    }

    private static DenseLayer.Builder dense(int in, int out, Activation activation) {
        return new DenseLayer.Builder().nIn(in).nOut(out).activation(activation);
    }

    private static OutputLayer.Builder softmax(int in, int out) {
        return new OutputLayer.Builder(LossFunction.MCXENT).nIn(in).nOut(out).activation(Activation.SOFTMAX);
    }

    private static OutputLayer.Builder squares(int in, int out) {
        return new OutputLayer.Builder(LossFunction.MSE).nIn(in).nOut(out).activation(Activation.IDENTITY);
    }

    private static MultiLayerNetwork net(NeuralNetConfiguration.ListBuilder layers) {
        MultiLayerNetwork net = new MultiLayerNetwork(layers.build());
        net.init();
        return net;
    }

    private static ComputationGraph graph(GraphBuilder vertices) {
        ComputationGraph net = new ComputationGraph(vertices.build());
        net.init();
        return net;
    }
}
