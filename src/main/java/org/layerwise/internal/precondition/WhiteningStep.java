package org.layerwise.internal.precondition;

import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.SpectralNorm;
import org.layerwise.internal.precondition.PsgdLayout.WhitenedBlock;
import org.layerwise.internal.precondition.PsgdLayout.WhitenedSide;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Whitening;
import org.layerwise.settings.Whitening.Geometry;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The arithmetic of whitening: how the factors of a block follow a gradient.
 *
 * @param whitening the rule
 * @param kernels kernels of the backend
 */
record WhiteningStep(Whitening whitening, Kernels kernels) {
    /** Largest angle of the rotation towards a symmetric Q. */
    private static final double LARGEST_ROTATION = 0.125;
    /** The sides' scales drift apart slowly; they are balanced this often. */
    private static final long UPDATES_TO_BALANCE = 100;

    /** The scale of Q at which P makes a gradient about white: (mean G^4 + damping^4)^(-1/8). */
    double scale(INDArray gradient, double norm) {
        double damping = whitening.damping();
        INDArray squares = gradient.div(norm); // not yet squares: of length 1, they neither overflow nor vanish
        squares.muli(squares);
        double fourth = kernels.norm(squares) * kernels.norm(squares) / (double) gradient.length();
        double unit = Math.max(norm, damping); // the powers of both over the larger are finite
        return Math.pow(fourth * Math.pow(norm / unit, 4) + Math.pow(damping / unit, 4), -0.125) / Math.sqrt(unit);
    }

    /**
     * Moves both factors of a block.
     *
     * @param block the block
     * @param white H = P G; may be scaled down
     * @param count number of this update, from 1
     * @param context state and working memory
     */
    void update(WhitenedBlock block, INDArray white, long count, StepContext context) {
        double norm = kernels.norm(white);
        double largest = white.dataType() == DataType.DOUBLE ? 1e150 : 1e15;
        if (norm > largest) {
            white.muli(largest / norm); // T still dwarfs c, and stays finite
        }
        double left = whitening.damping() * kernels.norm(block.left().p());
        double right = whitening.damping() * kernels.norm(block.right().p());
        move(block.left(), white, right * right, context);
        move(block.right(), white, left * left, context);
        if (count % UPDATES_TO_BALANCE == 0) {
            balance(block);
        }
        block.left().square(kernels);
        block.right().square(kernels);
    }

    private void move(WhitenedSide side, INDArray white, double noise, StepContext context) {
        int n = side.size();
        double c = (double) white.length() / n;
        if (side.dense()) {
            INDArray t = context.scratch("t", n, n);
            kernels.multiply(white, side.ofColumns(), white, !side.ofColumns(), t);
            if (noise > 0) {
                kernels.multiply(noise, side.p(), false, side.p(), false, 1, t);
            }
            double bound = SpectralNorm.ofNormal(kernels.diagonal(t, 0, n * n, 1), n) + c;
            moveDense(side, t, c, whitening.rate() / lipschitz(side, bound, context), context);
        } else {
            INDArray t = white.mul(white).sum(side.ofColumns() ? 0 : 1).reshape(n, 1);
            if (noise > 0) {
                t.addi(side.p().mul(side.p()).muli(noise));
            }
            double bound = t.maxNumber().doubleValue() + c;
            moveDiagonal(side, t, c, whitening.rate() / lipschitz(side, bound, context));
        }
    }

    private double lipschitz(WhitenedSide side, double bound, StepContext context) {
        INDArray bounds = context.state(PsgdLayout.LIPSCHITZ);
        double decay = whitening.lipschitzDecay();
        double now = Math.max(decay * bounds.getDouble(side.lipschitz()) + (1 - decay) * bound, bound);
        bounds.putScalar(side.lipschitz(), now);
        return now;
    }

    private void moveDiagonal(WhitenedSide side, INDArray t, double c, double step) {
        boolean halves = whitening.geometry() == Geometry.QUAD;
        INDArray gain = t.subi(c).muli(halves ? -step / 2 : -step).addi(1);
        side.q().muli(gain);
        if (halves) {
            side.q().muli(gain);
        }
    }

    private void moveDense(WhitenedSide side, INDArray t, double c, double step, StepContext context) {
        INDArray q = side.q();
        int n = side.size();
        INDArray product = context.scratch("t q", n, n);
        switch (whitening.geometry()) {
            case Q05EQ15 -> {
                kernels.multiply(t, false, q, false, product);
                kernels.axpby(-step, product, 1 + step * c, q);
                rotate(q, context);
            }
            case QEQ -> {
                kernels.multiply(q, false, t, false, product);
                kernels.axpby(-step, product, 1 + step * c, q);
            }
            case QUAD -> {
                double half = step / 2;
                kernels.multiply(t, false, q, false, product);
                kernels.axpby(-half, product, 1 + half * c, q);
                kernels.multiply(q, false, t, false, product);
                kernels.axpby(-half, product, 1 + half * c, q);
                kernels.axpby(0.5, q, 0, product);
                q.assign(product.transpose());
                kernels.axpby(1, product, 1, q);
            }
        }
    }

    /**
     * Rotates Q towards a symmetric matrix: a second-order step exp(a R) Q along R = Q' - Q of norm 1, a from a line search.
     */
    private void rotate(INDArray q, StepContext context) {
        int n = q.rows();
        INDArray r = context.scratch("rotation", n, n);
        r.assign(q.transpose());
        kernels.axpby(-1, q, 1, r);
        double norm = SpectralNorm.ofNormal(kernels.diagonal(r, 0, n * n, 1), n);
        if (!(norm > Float.MIN_NORMAL)) { // whose inverse is finite
            return;
        }
        INDArray rq = context.scratch("r q", n, n);
        INDArray rrq = context.scratch("r r q", n, n);
        kernels.multiply(1 / norm, r, false, q, false, 0, rq);
        kernels.multiply(1 / norm, r, false, rq, false, 0, rrq);
        double first = trace(rq);
        double second = trace(rrq);
        double angle = second < 0 ? Math.min(-first / second, LARGEST_ROTATION) : LARGEST_ROTATION;
        kernels.axpby(angle, rq, 1, q);
        kernels.axpby(angle * angle / 2, rrq, 1, q);
    }

    private double trace(INDArray square) {
        double sum = 0;
        for (double each : kernels.diagonal(square, 0, square.rows(), square.rows() + 1)) {
            sum += each;
        }
        return sum;
    }

    /** Gives both factors the same largest element; their product stays. */
    private void balance(WhitenedBlock block) {
        double left = largest(block.left().q());
        double right = largest(block.right().q());
        if (left > 0 && right > 0 && left <= Double.MAX_VALUE && right <= Double.MAX_VALUE) {
            double ratio = Math.sqrt(right / left);
            block.left().q().muli(ratio);
            block.right().q().muli(1 / ratio);
        }
    }

    private double largest(INDArray x) {
        double largest = 0;
        for (double each : kernels.diagonal(x, 0, (int) x.length(), 1)) {
            largest = Math.max(largest, Math.abs(each));
        }
        return largest;
    }
}
