package org.layerwise.integration;

import org.nd4j.autodiff.samediff.SDIndex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Pooling2DConfig;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;

/** The objectives' networks as SameDiff graphs. Gates are a plain recurrence here, unrolled. */
final class Variables {
    private static final String INPUT = "input";
    private static final String LABEL = "label";
    private static final String LOSS = "loss";

    private final SameDiff sd = SameDiff.create();
    private final DataType type;
    private final SDVariable x;
    private final SDVariable y;

    private Variables(DataSet data) {
        this.type = data.getFeatures().dataType();
        this.x = sd.placeHolder(INPUT, type, data.getFeatures().shape());
        this.y = sd.placeHolder(LABEL, type, data.getLabels().shape());
        Nd4j.getRandom().setSeed(5);
    }

    /** A graph ready for training; it is not attached. */
    static SameDiff of(Objective objective, DataSet data, IUpdater updater) {
        Variables net = new Variables(data);
        net.loss(objective).rename(LOSS).markAsLoss();
        net.sd.setTrainingConfig(TrainingConfig.builder()
                .updater(updater)
                .dataSetFeatureMapping(INPUT)
                .dataSetLabelMapping(LABEL)
                .minimize(LOSS)
                .build());
        return net.sd;
    }

    static double loss(SameDiff sd, DataSet data) {
        return sd.batchOutput()
                .input(INPUT, data.getFeatures())
                .input(LABEL, data.getLabels())
                .output(LOSS)
                .outputSingle()
                .getDouble(0);
    }

    /** All variables, one after the other. */
    static INDArray parameters(SameDiff sd) {
        return Nd4j.concat(
                0,
                sd.variables().stream()
                        .filter(variable ->
                                variable.getVariableType() == org.nd4j.autodiff.samediff.VariableType.VARIABLE)
                        .map(variable -> variable.getArr().reshape(-1))
                        .toArray(INDArray[]::new));
    }

    private SDVariable loss(Objective objective) {
        return switch (objective) {
            case LINEAR_REGRESSION -> squares(dense("out", x, 6, 3));
            case CLASSIFICATION -> crossEntropy(dense("out", hidden("hidden", x, 4, 8), 8, 3), y);
            case AUTOENCODER -> {
                SDVariable code = hidden("code", hidden("encoder", x, 12, 8), 8, 3);
                yield binaryCrossEntropy(dense("out", hidden("decoder", code, 3, 8), 8, 12));
            }
            case CONVOLUTION -> crossEntropy(dense("out", pooledKernels(), 16, 2), y);
            case SEQUENCE -> recurrence(6);
        };
    }

    private SDVariable weights(String name, double fanIn, long... shape) {
        return sd.var(name, Nd4j.randn(type, shape).divi(Math.sqrt(fanIn)));
    }

    private SDVariable dense(String name, SDVariable input, int nIn, int nOut) {
        SDVariable bias = sd.var(name + " bias", Nd4j.zeros(type, nOut));
        return input.mmul(weights(name + " weights", nIn, nIn, nOut)).add(bias);
    }

    private SDVariable hidden(String name, SDVariable input, int nIn, int nOut) {
        return sd.math.tanh(dense(name, input, nIn, nOut));
    }

    /** Four kernels of 3 by 3, then means over 2 by 2. */
    private SDVariable pooledKernels() {
        SDVariable maps = sd.cnn.conv2d(
                x,
                weights("kernels", 9, 3, 3, 1, 4),
                sd.var("kernels bias", Nd4j.zeros(type, 4)),
                Conv2DConfig.builder().kH(3).kW(3).build());
        SDVariable pooled = sd.cnn.avgPooling2d(
                sd.math.tanh(maps),
                Pooling2DConfig.builder().kH(2).kW(2).sH(2).sW(2).build());
        return pooled.reshape(-1, 16);
    }

    /** h = tanh(x W + h R + b) and logits h V + c at every step. */
    private SDVariable recurrence(int units) {
        SDVariable w = weights("in", 2, 2, units);
        SDVariable r = weights("recurrent", units, units, units);
        SDVariable b = sd.var("in bias", Nd4j.zeros(type, units));
        SDVariable v = weights("out", units, units, 2);
        SDVariable c = sd.var("out bias", Nd4j.zeros(type, 2));
        SDVariable state = null;
        SDVariable sum = null;
        for (int t = 0; t < 3; t++) {
            SDVariable drive = at(x, t).mmul(w).add(b);
            state = sd.math.tanh(state == null ? drive : drive.add(state.mmul(r)));
            SDVariable loss = crossEntropy(state.mmul(v).add(c), at(y, t));
            sum = sum == null ? loss : sum.add(loss);
        }
        return java.util.Objects.requireNonNull(sum);
    }

    private static SDVariable at(SDVariable series, int t) {
        return series.get(SDIndex.all(), SDIndex.all(), SDIndex.point(t));
    }

    private SDVariable squares(SDVariable output) {
        SDVariable difference = output.sub(y);
        return difference.mul(difference).mean();
    }

    private SDVariable crossEntropy(SDVariable logits, SDVariable labels) {
        return sd.math.log(sd.nn.softmax(logits, 1)).mul(labels).sum(1).mean().neg();
    }

    private SDVariable binaryCrossEntropy(SDVariable logits) {
        return sd.nn.softplus(logits).sub(y.mul(logits)).sum(1).mean();
    }
}
