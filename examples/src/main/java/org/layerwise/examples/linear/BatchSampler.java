package org.layerwise.examples.linear;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.layerwise.examples.numeric.Draws;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Endless stream of independent training batches of one task. */
public final class BatchSampler {
    private final double noise;
    private final INDArray root;
    private final INDArray map;
    private final double[] signs;
    private final double[] errors;
    private final RandomGenerator random;

    public BatchSampler(LinearTask task, Dimensions sizes, long seed) {
        noise = task.noise();
        root = task.train().covariance().root();
        map = task.train().map(task.features()).transpose();
        signs = new double[sizes.batch() * sizes.inputs()];
        errors = new double[sizes.batch() * sizes.outputs()];
        random = new SplittableRandom(seed ^ 0xBB67AE8584CAA73BL);
    }

    /** Fresh examples; the caller closes them. */
    public Batch next() {
        Draws.fillSigns(signs, random);
        Draws.fillNormal(errors, noise, random);
        int inputs = root.rows();
        try (INDArray white = Draws.matrix(signs, signs.length / inputs, inputs);
                INDArray error = Draws.matrix(errors, white.rows(), errors.length / white.rows())) {
            INDArray x = white.mmul(root);
            return new Batch(x, x.mmul(map).addi(error));
        }
    }
}
