package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.settings.Damping;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** E-KFAC (George et al. 2018) against the true Fisher matrix of a small layer, in double precision. */
class EigenvalueCorrectionTest {
    private static final double LAMBDA = 0.5;
    private static final DataType TYPE = DataType.DOUBLE;
    private static final int EXAMPLES = 15;

    private final double[][] x = new RandomMatrices(1).gaussian(EXAMPLES, 4);
    private final double[][] g = dependentOn(x);
    private final double[][] d = new RandomMatrices(3).gaussian(4, 3);

    /** Gradients that grow with the inputs: the independence that K-FAC assumes fails. */
    private static double[][] dependentOn(double[][] x) {
        double[][] out = new RandomMatrices(2).gaussian(x.length, 3);
        for (int n = 0; n < x.length; n++) {
            for (int j = 0; j < 3; j++) {
                out[n][j] *= 1 + x[n][j] * x[n][j];
            }
        }
        return out;
    }

    /** (1/N) sum over examples of vec(x g') vec(x g')'. */
    private static double[][] fisher(double[][] x, double[][] g) {
        int size = x[0].length * g[0].length;
        double[][] out = new double[size][size];
        for (int n = 0; n < x.length; n++) {
            double[][] gradient =
                    Loops.vec(Loops.multiply(Loops.transpose(new double[][] {x[n]}), new double[][] {g[n]}));
            out = Loops.combine(1, out, 1.0 / x.length, Loops.multiply(gradient, Loops.transpose(gradient)));
        }
        return out;
    }

    private static double[][] kfac(double[][] x, double[][] g) {
        return Loops.kronecker(
                Loops.scaled(1.0 / g.length, Loops.gramian(g)), Loops.scaled(1.0 / x.length, Loops.gramian(x)));
    }

    /** Basis of the batch, then the batch's second moments in it. */
    private static HandFed corrected(double[][] x, double[][] g, Damping damping) {
        return HandFed.of(TYPE, Sides.BOTH, x[0].length, g[0].length, HandFed.ekfac(damping, 0))
                .absorbExamples(x, g)
                .refresh()
                .absorbExamples(x, g);
    }

    private static double distance(double[][] a, double[][] b) {
        double[][] difference = Loops.combine(1, a, -1, b);
        return Math.sqrt(Loops.dot(difference, difference));
    }

    @Test
    void curvature_dependentExamples_isCloserToTheFisherThanKfac() {
        double[][] ekfac = Loops.damped(corrected(x, g, Damping.exact(LAMBDA)).curvature(), -LAMBDA);

        assertThat(distance(fisher(x, g), ekfac)).isLessThan(0.95 * distance(fisher(x, g), kfac(x, g)));
    }

    @Test
    void curvature_anyExamples_hasTheFishersTrace() {
        double[][] ekfac = Loops.damped(corrected(x, g, Damping.exact(LAMBDA)).curvature(), -LAMBDA);
        double trace = Loops.trace(fisher(x, g));

        assertThat(Loops.trace(ekfac)).isCloseTo(trace, within(Tolerance.chain(TYPE) * trace));
    }

    @Test
    void curvature_fisherDiagonalInTheBasis_isExact() {
        double[][] u = new RandomMatrices(4).orthogonal(4);
        double[][] w = new RandomMatrices(5).orthogonal(3);
        double[][] inputs = new double[12][];
        double[][] gradients = new double[12][];
        for (int k = 0; k < 12; k++) { // every pair of directions, with a weight of its own
            inputs[k] = Loops.scaled(1 + 0.3 * (k % 4), new double[][] {u[k % 4]})[0];
            gradients[k] = Loops.scaled(Math.sqrt(1 + k * k % 7 + 0.1 * k), new double[][] {w[k / 4]})[0];
        }

        double[][] ekfac =
                Loops.damped(corrected(inputs, gradients, Damping.exact(LAMBDA)).curvature(), -LAMBDA);

        assertThatArray(ekfac).isCloseTo(fisher(inputs, gradients), Tolerance.chain(TYPE));
        assertThat(distance(kfac(inputs, gradients), ekfac)).as("K-FAC is not").isGreaterThan(0.01);
    }

    @Test
    void apply_rightAfterRefresh_equalsExactlyDampedKfac() {
        HandFed ekfac = HandFed.of(TYPE, Sides.BOTH, 4, 3, HandFed.ekfac(Damping.exact(LAMBDA), 0.9))
                .absorbExamples(x, g)
                .refresh();
        HandFed kfac = HandFed.of(TYPE, 4, 3, Damping.exact(LAMBDA))
                .absorbExamples(x, g)
                .refresh();

        assertThatArray(ekfac.apply(d)).isCloseTo(kfac.apply(d), Tolerance.EXACT);
    }

    @Test
    void absorb_decay_averagesFromTheProductOfEigenvalues() {
        HandFed ekfac = HandFed.of(TYPE, Sides.BOTH, 4, 3, HandFed.ekfac(Damping.exact(LAMBDA), 0.75))
                .absorbExamples(x, g)
                .refresh();
        double[][] product = Loops.of(Objects.requireNonNull(ekfac.state.scales()));
        ekfac.absorbExamples(x, g);
        double[][] squares = Loops.of(ekfac.batch.squares());

        assertThatArray(Objects.requireNonNull(ekfac.state.scales()))
                .isCloseTo(Loops.combine(0.75, product, 0.25, squares), Tolerance.FORMULA);
        assertThatArray(Loops.damped(ekfac.curvature(), -LAMBDA))
                .isCloseTo(
                        Loops.combine(
                                0.75,
                                kfac(x, g),
                                0.25,
                                Loops.damped(
                                        corrected(x, g, Damping.exact(LAMBDA)).curvature(), -LAMBDA)),
                        Tolerance.chain(TYPE));
    }

    @Test
    void relativeDamping_anyScales_addsAShareOfTheirMean() {
        double[][] undamped =
                Loops.damped(corrected(x, g, Damping.exact(LAMBDA)).curvature(), -LAMBDA);
        double lambda = 0.3 * Loops.trace(undamped) / 12;

        assertThatArray(corrected(x, g, Damping.relativeToTrace(0.3)).curvature())
                .isCloseTo(Loops.damped(undamped, lambda), Tolerance.chain(TYPE));
    }

    @Test
    void apply_eigenvectorsWithTheOtherSign_isTheSame() {
        HandFed fed = corrected(x, g, Damping.exact(LAMBDA));
        EigenbasisInverse inverse = new EigenbasisInverse(Kernels.forBackend(), fed.state, Damping.exact(LAMBDA));
        inverse.compute(true, fed);
        INDArray gradient = Loops.array(d, TYPE, 'f');
        INDArray before = Nd4j.create(TYPE, new long[] {4, 3}, 'f');
        INDArray after = Nd4j.create(TYPE, new long[] {4, 3}, 'f');
        inverse.apply(gradient, before, fed);

        inverse.inputBasis().vectors().getColumn(1).negi();
        inverse.outputBasis().vectors().getColumn(2).negi();
        inverse.apply(gradient, after, fed);

        assertThatArray(after).isCloseTo(before, Tolerance.FORMULA);
        assertThatArray(before).as("and that of the preconditioner").isCloseTo(fed.apply(d), Tolerance.EXACT);
    }
}
