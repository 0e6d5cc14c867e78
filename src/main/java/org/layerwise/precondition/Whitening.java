package org.layerwise.precondition;

import java.io.Serializable;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Require;
import org.layerwise.linalg.SpectralNorm;
import org.layerwise.precondition.MatrixMethod.Memory;
import org.layerwise.precondition.PsgdState.Cell;
import org.layerwise.precondition.PsgdState.Side;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * How a factor Q of PSGD follows the gradients (Li 2024, arXiv 2402.11858; psgd_torch). With H = P G and, for each side, T = H H'
 * or H' H and c the other side's length, the criterion's gradient is T - c I in a geometry of choice, divided by an upper bound of
 * its Lipschitz constant: L = max(decay L + (1 - decay) (|T| + c), |T| + c).
 *
 * <p>The published algorithm adds noise of size {@code damping} to G, so that P stays below about 1 / damping where no gradient
 * goes. Here the noise enters by its mean, damping^2 |P_other|^2 P^2 in T: the same bound, and nothing random.
 *
 * @param geometry in which Q moves
 * @param rate of the factors, mu, in (0, 1)
 * @param lipschitzDecay decay of L, in [0, 1)
 * @param damping at least 0, in units of the gradient
 */
public record Whitening(
        @JsonProperty("geometry") Geometry geometry,
        @JsonProperty("rate") double rate,
        @JsonProperty("lipschitzDecay") double lipschitzDecay,
        @JsonProperty("damping") double damping)
        implements Serializable {
    /** Largest angle of the rotation towards a symmetric Q. */
    private static final double LARGEST_ROTATION = 0.125;
    /** The sides' scales drift apart slowly; they are balanced this often. */
    private static final long UPDATES_TO_BALANCE = 100;

    /** The direction in which a factor moves; the names are the reference implementation's. */
    public enum Geometry {
        /** Q0.5EQ1.5: Q - mu / L (T - c) Q, then a rotation towards a symmetric Q. The reference's choice. */
        Q05EQ15,
        /** QEQ: Q - mu / L Q (T - c). */
        QEQ,
        /** QUAD: half a step from either side, Q stays symmetric. */
        QUAD
    }

    /**
     * Checks the values.
     *
     * @param geometry in which Q moves
     * @param rate of the factors
     * @param lipschitzDecay decay of L
     * @param damping in units of the gradient
     */
    public Whitening {
        Require.argument(rate > 0 && rate < 1, "preconditionerRate must be in (0, 1), but is %s", rate);
        Require.argument(
                lipschitzDecay >= 0 && lipschitzDecay < 1,
                "lipschitzDecay must be in [0, 1), but is %s",
                lipschitzDecay);
        Require.nonNegative(damping, "damping");
    }

    /** The scale of Q at which P makes a gradient about white: (mean G^4 + damping^4)^(-1/8). */
    double scale(INDArray gradient, double norm, Kernels kernels) {
        INDArray squares = gradient.div(norm); // not yet squares: of length 1, they neither overflow nor vanish
        squares.muli(squares);
        double fourth = kernels.norm(squares) * kernels.norm(squares) / (double) gradient.length();
        double unit = Math.max(norm, damping); // the powers of both over the larger are finite
        return Math.pow(fourth * Math.pow(norm / unit, 4) + Math.pow(damping / unit, 4), -0.125) / Math.sqrt(unit);
    }

    /**
     * Moves both factors of a block.
     *
     * @param cell the block
     * @param white H = P G; may be scaled down
     * @param count number of this update, from 1
     * @param memory state and working memory
     */
    void update(Cell cell, INDArray white, long count, Memory memory) {
        Kernels kernels = memory.kernels();
        double norm = kernels.norm(white);
        double largest = white.dataType() == DataType.DOUBLE ? 1e150 : 1e15;
        if (norm > largest) {
            white.muli(largest / norm); // T still dwarfs c, and stays finite
        }
        double left = damping * kernels.norm(cell.left().p());
        double right = damping * kernels.norm(cell.right().p());
        move(cell.left(), white, right * right, memory);
        move(cell.right(), white, left * left, memory);
        if (count % UPDATES_TO_BALANCE == 0) {
            balance(cell, kernels);
        }
        cell.left().square(kernels);
        cell.right().square(kernels);
    }

    private void move(Side side, INDArray white, double noise, Memory memory) {
        int n = side.size();
        double c = (double) white.length() / n;
        if (side.dense()) {
            Kernels kernels = memory.kernels();
            INDArray t = memory.scratch().matrix("t", n, n);
            kernels.multiply(white, side.ofColumns(), white, !side.ofColumns(), t);
            if (noise > 0) {
                kernels.multiply(noise, side.p(), false, side.p(), false, 1, t);
            }
            double bound = SpectralNorm.ofNormal(kernels.diagonal(t, 0, n * n, 1), n) + c;
            moveDense(side, t, c, rate / lipschitz(side, bound, memory), memory);
        } else {
            INDArray t = white.mul(white).sum(side.ofColumns() ? 0 : 1).reshape(n, 1);
            if (noise > 0) {
                t.addi(side.p().mul(side.p()).muli(noise));
            }
            double bound = t.maxNumber().doubleValue() + c;
            moveDiagonal(side, t, c, rate / lipschitz(side, bound, memory));
        }
    }

    private double lipschitz(Side side, double bound, Memory memory) {
        double before = memory.state().getDouble(side.lipschitz());
        double now = Math.max(lipschitzDecay * before + (1 - lipschitzDecay) * bound, bound);
        memory.state().putScalar(side.lipschitz(), now);
        return now;
    }

    private void moveDiagonal(Side side, INDArray t, double c, double step) {
        boolean halves = geometry == Geometry.QUAD;
        INDArray gain = t.subi(c).muli(halves ? -step / 2 : -step).addi(1);
        side.q().muli(gain);
        if (halves) {
            side.q().muli(gain);
        }
    }

    private void moveDense(Side side, INDArray t, double c, double step, Memory memory) {
        Kernels kernels = memory.kernels();
        INDArray q = side.q();
        int n = side.size();
        INDArray product = memory.scratch().matrix("t q", n, n);
        switch (geometry) {
            case Q05EQ15 -> {
                kernels.multiply(t, false, q, false, product);
                kernels.axpby(-step, product, 1 + step * c, q);
                rotate(q, memory);
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
    private static void rotate(INDArray q, Memory memory) {
        Kernels kernels = memory.kernels();
        int n = q.rows();
        INDArray r = memory.scratch().matrix("rotation", n, n);
        r.assign(q.transpose());
        kernels.axpby(-1, q, 1, r);
        double norm = SpectralNorm.ofNormal(kernels.diagonal(r, 0, n * n, 1), n);
        if (!(norm > Float.MIN_NORMAL)) { // whose inverse is finite
            return;
        }
        INDArray rq = memory.scratch().matrix("r q", n, n);
        INDArray rrq = memory.scratch().matrix("r r q", n, n);
        kernels.multiply(1 / norm, r, false, q, false, 0, rq);
        kernels.multiply(1 / norm, r, false, rq, false, 0, rrq);
        double first = trace(rq, kernels);
        double second = trace(rrq, kernels);
        double angle = second < 0 ? Math.min(-first / second, LARGEST_ROTATION) : LARGEST_ROTATION;
        kernels.axpby(angle, rq, 1, q);
        kernels.axpby(angle * angle / 2, rrq, 1, q);
    }

    private static double trace(INDArray square, Kernels kernels) {
        double sum = 0;
        for (double each : kernels.diagonal(square, 0, square.rows(), square.rows() + 1)) {
            sum += each;
        }
        return sum;
    }

    /** Gives both factors the same largest element; their product stays. */
    private static void balance(Cell cell, Kernels kernels) {
        double left = largest(cell.left().q(), kernels);
        double right = largest(cell.right().q(), kernels);
        if (left > 0 && right > 0 && left <= Double.MAX_VALUE && right <= Double.MAX_VALUE) {
            double ratio = Math.sqrt(right / left);
            cell.left().q().muli(ratio);
            cell.right().q().muli(1 / ratio);
        }
    }

    private static double largest(INDArray x, Kernels kernels) {
        double largest = 0;
        for (double each : kernels.diagonal(x, 0, (int) x.length(), 1)) {
            largest = Math.max(largest, Math.abs(each));
        }
        return largest;
    }
}
