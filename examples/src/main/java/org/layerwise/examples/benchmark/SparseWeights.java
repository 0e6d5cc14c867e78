package org.layerwise.examples.benchmark;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sparse initialisation (Martens 2010, section 5): every unit has 15 standard normal weights, the others are zero, and
 * so are the biases. It is the usual start of deep tanh autoencoders: with small dense weights all of them spend long on
 * a plateau where the output is the mean image.
 */
final class SparseWeights {
    private static final int CONNECTIONS = 15;

    private SparseWeights() {}

    /** Overwrites all weights; biases are zero already. */
    static void into(MultiLayerNetwork network, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        for (Layer layer : network.getLayers()) {
            INDArray weights = layer.getParam("W");
            weights.assign(draw(weights.rows(), weights.columns(), random));
        }
    }

    /** Matrix [inputs, units] with 15 entries in every column, or all of them if there are fewer inputs. */
    static INDArray draw(int inputs, int units, RandomGenerator random) {
        double[] weights = new double[inputs * units];
        for (int unit = 0; unit < units; unit++) {
            int[] sources = Arrays.copyOf(Draws.permutation(inputs, random), Math.min(CONNECTIONS, inputs));
            for (int input : sources) {
                weights[input * units + unit] = random.nextGaussian();
            }
        }
        return Draws.matrix(weights, inputs, units);
    }
}
