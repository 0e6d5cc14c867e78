package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.layerwise.internal.step.BlockConfiguration;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The exact Fisher (generalised Gauss-Newton) block of each layer from explicit Jacobians by central differences of the
 * network's outputs: slow, and independent of taps, probes and Kronecker factors. Canonical scale.
 */
final class DenseFisher {
    private static final double H = 1e-5;

    private DenseFisher() {}

    /** A predictive distribution by the scores whose weighted outer products are its Fisher matrix. */
    enum Distribution {
        /** 2 sum_k df_k df_k'. */
        SQUARED_ERROR(f -> f, f -> Nd4j.valueArrayOf(f.shape(), 2.0, DataType.DOUBLE)),
        /** sum_c p_c dlog p_c dlog p_c'. */
        SOFTMAX(DenseFisher::log, p -> p),
        /** sum_k p dlog p dlog p' + (1 - p) dlog(1-p) dlog(1-p)'. */
        SIGMOID(p -> Nd4j.hstack(log(p), log(p.rsub(1))), p -> Nd4j.hstack(p, p.rsub(1)));

        private final Function<INDArray, INDArray> scores;
        private final Function<INDArray, INDArray> weights;

        Distribution(Function<INDArray, INDArray> scores, Function<INDArray, INDArray> weights) {
            this.scores = scores;
            this.weights = weights;
        }
    }

    private static INDArray log(INDArray p) {
        return org.nd4j.linalg.ops.transforms.Transforms.log(p, true);
    }

    /**
     * The blocks.
     *
     * @return one matrix per updater block, [dA dG, dA dG], in the canonical matrix's column-major order
     */
    static List<INDArray> blocks(Model model, INDArray x, Distribution distribution, boolean bias) {
        INDArray output = TestNets.output(model, x);
        INDArray weights = distribution.weights.apply(output);
        List<INDArray> blocks = new ArrayList<>();
        for (UpdaterBlock block : TestNets.updater(model).getUpdaterBlocks()) {
            int from = block.getParamOffsetStart();
            int length = block.getParamOffsetEnd() - from;
            int nOut = nOut(block);
            INDArray fisher = Nd4j.create(DataType.DOUBLE, length, length);
            INDArray[] derivative = new INDArray[length];
            for (int i = 0; i < length; i++) {
                derivative[canonicalIndex(i, length, nOut, bias)] = derivative(model, x, distribution, from + i);
            }
            for (int i = 0; i < length; i++) {
                for (int j = 0; j <= i; j++) {
                    double sum = derivative[i]
                                    .mul(derivative[j])
                                    .muli(weights)
                                    .sumNumber()
                                    .doubleValue()
                            / x.rows();
                    fisher.putScalar(i, j, sum);
                    fisher.putScalar(j, i, sum);
                }
            }
            blocks.add(fisher);
        }
        return blocks;
    }

    private static int nOut(UpdaterBlock block) {
        BlockConfiguration config =
                (BlockConfiguration) block.getGradientUpdater().getConfig();
        return java.util.Objects.requireNonNull(config.layout())
                .matrices()
                .get(0)
                .columns();
    }

    /** Position in the canonical matrix [nIn+1, nOut] of an element of [W | b]. */
    private static int canonicalIndex(int flat, int length, int nOut, boolean bias) {
        if (!bias) {
            return flat;
        }
        int nIn = length / nOut - 1;
        return flat < nIn * nOut ? flat / nIn * (nIn + 1) + flat % nIn : (flat - nIn * nOut) * (nIn + 1) + nIn;
    }

    private static INDArray derivative(Model model, INDArray x, Distribution distribution, int parameter) {
        INDArray params = model.params().reshape(model.params().length());
        double value = params.getDouble(parameter);
        params.putScalar(parameter, value + H);
        INDArray plus = distribution.scores.apply(TestNets.output(model, x).dup());
        params.putScalar(parameter, value - H);
        INDArray minus = distribution.scores.apply(TestNets.output(model, x).dup());
        params.putScalar(parameter, value);
        return plus.subi(minus).divi(2 * H);
    }

    /** A flat [W | b] vector of one block as canonical column vector. */
    static INDArray canonical(INDArray flat, int nOut, boolean bias) {
        int length = (int) flat.length();
        INDArray out = Nd4j.create(DataType.DOUBLE, length, 1);
        for (int i = 0; i < length; i++) {
            out.putScalar(canonicalIndex(i, length, nOut, bias), 0, flat.getDouble(i));
        }
        return out;
    }

    /** The part of a flat network vector that belongs to a block. */
    static INDArray slice(INDArray flat, UpdaterBlock block) {
        return flat.reshape(flat.length())
                .get(NDArrayIndex.interval(block.getParamOffsetStart(), block.getParamOffsetEnd()));
    }
}
