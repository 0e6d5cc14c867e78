package org.layerwise.integration;

import static java.util.Map.entry;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A small problem: seeded data, a network for it, and what training must reach. */
enum Objective {
    LINEAR_REGRESSION(
            "linear regression",
            20,
            .5,
            InputType.feedForward(6),
            Map.ofEntries(entry(Part.OUTPUT, 6 * 3), entry(Part.OUTPUT_BIAS, 3))) {
        /** Standard deviations of the inputs from 1 to 0.2, along directions that are not the axes. */
        @Override
        DataSet draw() {
            INDArray z = Nd4j.randn(DataType.DOUBLE, EXAMPLES, 6);
            INDArray deviations = Nd4j.createFromArray(1, .8, .6, .4, .3, .2);
            INDArray x = z.mulRowVector(deviations)
                    .mmul(Nd4j.randn(DataType.DOUBLE, 6, 6))
                    .divi(Math.sqrt(6));
            return new DataSet(x, x.mmul(Nd4j.randn(DataType.DOUBLE, 6, 3)));
        }

        @Override
        List<Layer> layers() {
            return List.of(output(LossFunction.MSE, Activation.IDENTITY, 3));
        }
    },
    CLASSIFICATION(
            "softmax on blobs",
            20,
            .4,
            InputType.feedForward(4),
            Map.ofEntries(
                    entry(Part.DENSE, 4 * 8),
                    entry(Part.DENSE_BIAS, 8),
                    entry(Part.OUTPUT, 8 * 3),
                    entry(Part.OUTPUT_BIAS, 3))) {
        @Override
        DataSet draw() {
            INDArray centres = Nd4j.randn(DataType.DOUBLE, 3, 4).muli(2);
            INDArray x = Nd4j.randn(DataType.DOUBLE, EXAMPLES, 4);
            INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 3);
            for (int i = 0; i < EXAMPLES; i++) {
                x.getRow(i).addi(centres.getRow(i % 3));
                y.putScalar(i, i % 3, 1);
            }
            return new DataSet(x, y);
        }

        @Override
        List<Layer> layers() {
            return List.of(dense(8), output(LossFunction.MCXENT, Activation.SOFTMAX, 3));
        }
    },
    AUTOENCODER(
            "autoencoder",
            25,
            .6,
            InputType.feedForward(12),
            Map.ofEntries(
                    entry(Part.DENSE, 12 * 8 + 8 * 3 + 3 * 8),
                    entry(Part.DENSE_BIAS, 8 + 3 + 8),
                    entry(Part.OUTPUT, 8 * 12),
                    entry(Part.OUTPUT_BIAS, 12))) {
        /** Twelve pixels, four of each of three switches. */
        @Override
        DataSet draw() {
            INDArray x = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 12);
            for (int i = 0; i < EXAMPLES; i++) {
                for (int pixel = 0; pixel < 12; pixel++) {
                    x.putScalar(i, pixel, (i >> (pixel / 4)) & 1);
                }
            }
            return new DataSet(x, x.dup());
        }

        @Override
        List<Layer> layers() {
            return List.of(dense(8), dense(3), dense(8), output(LossFunction.XENT, Activation.SIGMOID, 12));
        }
    },
    CONVOLUTION(
            "convolutional network",
            30,
            .6,
            InputType.convolutional(6, 6, 1),
            Map.ofEntries(
                    entry(Part.KERNELS, 3 * 3 * 4),
                    entry(Part.KERNEL_BIAS, 4),
                    entry(Part.OUTPUT, 4 * 2 * 2 * 2),
                    entry(Part.OUTPUT_BIAS, 2))) {
        /** A row or a column of bright pixels in noise. */
        @Override
        DataSet draw() {
            INDArray x = Nd4j.randn(DataType.DOUBLE, EXAMPLES, 1, 6, 6).muli(.3);
            INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 2);
            for (int i = 0; i < EXAMPLES; i++) {
                INDArray image = x.get(NDArrayIndex.point(i), NDArrayIndex.point(0));
                int line = i / 2 % 6;
                (i % 2 == 0 ? image.getRow(line) : image.getColumn(line)).addi(1);
                y.putScalar(i, i % 2, 1);
            }
            return new DataSet(x, y);
        }

        @Override
        List<Layer> layers() {
            return List.of(
                    new ConvolutionLayer.Builder(3, 3)
                            .nOut(4)
                            .activation(Activation.TANH)
                            .build(),
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                            .kernelSize(2, 2)
                            .stride(2, 2)
                            .build(),
                    output(LossFunction.MCXENT, Activation.SOFTMAX, 2));
        }
    },
    SEQUENCE(
            "sequence labelling",
            20,
            .65,
            InputType.recurrent(2, 3),
            Map.ofEntries(
                    entry(Part.GATES, 4 * (2 * 6 + 6 * 6)),
                    entry(Part.GATE_BIAS, 4 * 6),
                    entry(Part.SEQUENCE_OUTPUT, 6 * 2),
                    entry(Part.SEQUENCE_OUTPUT_BIAS, 2))) {
        /** The label of a step is the sign that the first input had one step before. */
        @Override
        DataSet draw() {
            INDArray x = Nd4j.randn(DataType.DOUBLE, EXAMPLES, 2, 3);
            INDArray y = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 2, 3);
            for (int i = 0; i < EXAMPLES; i++) {
                for (int t = 0; t < 3; t++) {
                    y.putScalar(new int[] {i, t > 0 && x.getDouble(i, 0, t - 1) > 0 ? 1 : 0, t}, 1);
                }
            }
            return new DataSet(x, y);
        }

        @Override
        List<Layer> layers() {
            return List.of(
                    new LSTM.Builder().nOut(6).activation(Activation.TANH).build(),
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                            .nOut(2)
                            .activation(Activation.SOFTMAX)
                            .build());
        }
    };

    private static final int EXAMPLES = 48;
    private static final long SEED = 6;

    private final String title;
    private final int steps;
    private final double fraction;
    private final InputType input;
    private final Map<Part, Integer> parameters;

    Objective(String title, int steps, double fraction, InputType input, Map<Part, Integer> parameters) {
        this.title = title;
        this.steps = steps;
        this.fraction = fraction;
        this.input = input;
        this.parameters = new EnumMap<>(parameters);
    }

    abstract DataSet draw();

    /** Configurations of the layers; the widths of their inputs follow from {@link #input}. */
    abstract List<Layer> layers();

    private static Layer dense(int outputs) {
        return new DenseLayer.Builder()
                .nOut(outputs)
                .activation(Activation.TANH)
                .build();
    }

    private static Layer output(LossFunction loss, Activation activation, int outputs) {
        return new OutputLayer.Builder(loss)
                .nOut(outputs)
                .activation(activation)
                .build();
    }

    /** The batch that is used at every step, the same numbers in any type. */
    DataSet data(DataType type) {
        Nd4j.getRandom().setSeed(SEED);
        DataSet drawn = draw();
        return new DataSet(drawn.getFeatures().castTo(type), drawn.getLabels().castTo(type));
    }

    int steps() {
        return steps;
    }

    /** Part of the loss at the start below which the loss must be after {@link #steps}. */
    double fraction() {
        return fraction;
    }

    InputType input() {
        return input;
    }

    int parameters() {
        return parameters.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The part of the parameters that an updater must precondition, in [0, 1]. */
    double share(Candidate candidate) {
        int covered = parameters.entrySet().stream()
                .filter(each -> candidate.covers().contains(each.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
        return (double) covered / parameters();
    }

    @Override
    public String toString() {
        return title;
    }
}
