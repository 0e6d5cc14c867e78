package org.layerwise.internal.curvature;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.layerwise.method.OutputModel;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The predictive distribution whose negative log-likelihood is a loss: the source of targets for the Monte-Carlo Fisher
 * and of factors S of the loss Hessian, S S' = H, for the exact one. Vectors are gradients of one example's loss, summed
 * over its outputs, with respect to the pre-activation z (softmax, Bernoulli) or the network output f (Gaussian).
 */
public enum OutputModels implements OutputModel {
    /** Softmax with multi-class cross-entropy: H = diag(p) - p p'. */
    SOFTMAX {
        @Override
        public INDArray sample(INDArray p, RandomGenerator random) {
            double[][] probability = p.castTo(DataType.DOUBLE).toDoubleMatrix();
            for (double[] row : probability) {
                row[draw(row, random)] -= 1;
            }
            return Nd4j.createFromArray(probability).castTo(p.dataType());
        }

        @Override
        public INDArray column(INDArray p, int c) {
            INDArray pc = p.getColumn(c, true).dup();
            INDArray column = p.mulColumnVector(pc).negi(); // sqrt(p_c) (e_c - p), times sqrt(p_c)
            column.getColumn(c, true).addi(pc);
            return column.diviColumnVector(guardedRoot(pc));
        }
    },
    /** Independent sigmoids with binary cross-entropy: H = diag(p (1 - p)). */
    BERNOULLI {
        @Override
        public INDArray sample(INDArray p, RandomGenerator random) {
            double[][] probability = p.castTo(DataType.DOUBLE).toDoubleMatrix();
            for (double[] row : probability) {
                for (int k = 0; k < row.length; k++) {
                    row[k] -= random.nextDouble() < row[k] ? 1 : 0;
                }
            }
            return Nd4j.createFromArray(probability).castTo(p.dataType());
        }

        @Override
        public INDArray column(INDArray p, int c) {
            INDArray column = p.like();
            INDArray pc = p.getColumn(c, true);
            column.getColumn(c, true).assign(root(pc.mul(pc.rsub(1))));
            return column;
        }
    },
    /** Sum of squared errors without the factor one half, (f - t)^2: a Gaussian of variance 1/2, H = 2 I. */
    GAUSSIAN {
        @Override
        public INDArray sample(INDArray f, RandomGenerator random) {
            double[][] gradient = new double[f.rows()][f.columns()];
            for (double[] row : gradient) {
                for (int k = 0; k < row.length; k++) {
                    row[k] = ROOT_TWO * random.nextGaussian();
                }
            }
            return Nd4j.createFromArray(gradient).castTo(f.dataType());
        }

        @Override
        public INDArray column(INDArray f, int c) {
            INDArray column = f.like();
            column.getColumn(c, true).assign(ROOT_TWO);
            return column;
        }
    };

    private static final double ROOT_TWO = Math.sqrt(2);

    @Override
    public boolean fused() {
        return this != GAUSSIAN;
    }

    /**
     * A generator that depends on nothing but its arguments, so that a resumed run draws what the first one drew.
     *
     * @param seed the estimator's seed
     * @param step the training step
     * @param sample which of the step's samples
     * @return a fresh generator
     */
    public static RandomGenerator random(long seed, long step, int sample) {
        SplittableRandom mixer = new SplittableRandom(seed);
        return new SplittableRandom(mixer.nextLong() ^ new SplittableRandom(step * 1_000_003L + sample).nextLong());
    }

    private static int draw(double[] probability, RandomGenerator random) {
        double u = random.nextDouble();
        int possible = 0; // rounding may leave the sum short of u: then the last class that can occur
        for (int k = 0; k < probability.length; k++) {
            u -= probability[k];
            possible = probability[k] > 0 ? k : possible;
            if (u < 0) {
                return possible;
            }
        }
        return possible;
    }

    private static INDArray root(INDArray x) {
        return org.nd4j.linalg.ops.transforms.Transforms.sqrt(x, false);
    }

    /** sqrt(p), with the smallest normal number in place of 0, whose column is 0 anyway. */
    private static INDArray guardedRoot(INDArray p) {
        double tiny = p.dataType() == DataType.DOUBLE ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        return root(org.nd4j.linalg.ops.transforms.Transforms.max(p, tiny, true));
    }
}
