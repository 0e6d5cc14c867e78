package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.Damping;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;

/** V against a dense solve with the damped Kronecker product, for every kind of damping and side. */
@ParameterizedClass
@EnumSource(names = {"FLOAT", "DOUBLE"})
class KroneckerPreconditionerTest {
    private static final double LAMBDA = 1e-2;

    private final DataType type;
    private final double[][] a;
    private final double[][] g;
    private final double[][] d;

    KroneckerPreconditionerTest(DataType type) {
        this.type = type;
        RandomMatrices random = new RandomMatrices(1);
        this.a = Loops.rounded(random.spd(6), type);
        this.g = Loops.rounded(random.spd(4), type);
        this.d = Loops.rounded(random.gaussian(6, 4), type);
    }

    static Stream<Damping> dampings() {
        return Stream.of(
                Damping.factored(LAMBDA),
                Damping.perFactor(LAMBDA, 3 * LAMBDA),
                Damping.relativeToTrace(LAMBDA),
                Damping.exact(LAMBDA));
    }

    /** The damped curvature from the definitions, not from the library. */
    private static double[][] curvature(Damping damping, double[][] a, double[][] g) {
        double meanA = Loops.trace(a) / a.length;
        double meanG = Loops.trace(g) / g.length;
        double root = Math.sqrt(LAMBDA);
        double pi = Math.sqrt(meanA / meanG);
        if (damping instanceof Damping.Exact) {
            return Loops.damped(Loops.kronecker(g, a), LAMBDA);
        }
        if (damping instanceof Damping.Factored) {
            return Loops.kronecker(Loops.damped(g, root / pi), Loops.damped(a, root * pi));
        }
        if (damping instanceof Damping.PerFactor) {
            return Loops.kronecker(Loops.damped(g, 3 * LAMBDA), Loops.damped(a, LAMBDA));
        }
        return Loops.kronecker(Loops.damped(g, LAMBDA * meanG), Loops.damped(a, LAMBDA * meanA));
    }

    private static double[][] solve(double[][] curvature, double[][] d) {
        return Loops.unvec(Loops.solve(curvature, Loops.vec(d)), d.length);
    }

    private HandFed fed(Damping damping, double[][] input, double[][] output) {
        return HandFed.of(type, input.length, output.length, damping)
                .absorb(input, output)
                .refresh();
    }

    @ParameterizedTest
    @MethodSource("dampings")
    void apply_bothSides_solvesTheDenseSystem(Damping damping) {
        HandFed fed = fed(damping, a, g);

        double[][] v = fed.apply(d);

        double[][] expected = solve(curvature(damping, a, g), d);
        assertThatArray(v).isCloseTo(expected, Tolerance.chain(type));
        assertThat(fed.product() / Loops.dot(expected, d)).isCloseTo(1, within(Tolerance.chain(type)));
        assertThat(fed.diagnostics).hasToString("no failures");
    }

    @ParameterizedTest
    @MethodSource("dampings")
    void apply_inputSideOnly_leavesTheOutputSide(Damping damping) {
        HandFed fed = HandFed.of(type, Sides.INPUT, 6, 4, HandFed.rules(damping))
                .absorb(a, g)
                .refresh();
        double amount = damping instanceof Damping.RelativeToTrace ? LAMBDA * Loops.trace(a) / 6 : LAMBDA;

        assertThatArray(fed.apply(d)).isCloseTo(Loops.solve(Loops.damped(a, amount), d), Tolerance.chain(type));
    }

    @ParameterizedTest
    @MethodSource("dampings")
    void apply_outputSideOnly_leavesTheInputSide(Damping damping) {
        HandFed fed = HandFed.of(type, Sides.OUTPUT, 6, 4, HandFed.rules(damping))
                .absorb(a, g)
                .refresh();
        double amount = damping instanceof Damping.RelativeToTrace
                ? LAMBDA * Loops.trace(g) / 4
                : damping instanceof Damping.PerFactor ? 3 * LAMBDA : LAMBDA;

        double[][] transposed = Loops.solve(Loops.damped(g, amount), Loops.transpose(d));

        assertThatArray(fed.apply(d)).isCloseTo(Loops.transpose(transposed), Tolerance.chain(type));
    }

    @Test
    void apply_choleskyAndEigenPaths_agreeWhereTheyMust() {
        double[][] scalar = {{0.7}};

        assertThatArray(fed(Damping.exact(0), a, g).apply(d))
                .as("undamped")
                .isCloseTo(fed(Damping.factored(0), a, g).apply(d), 10 * Tolerance.chain(type));
        double[][] row = new RandomMatrices(5).gaussian(1, 4);
        assertThatArray(fed(Damping.exact(LAMBDA), scalar, g).apply(row))
                .as("one input")
                .isCloseTo(fed(Damping.factored(LAMBDA), scalar, g).apply(row), Tolerance.chain(type));
        double[][] column = new RandomMatrices(6).gaussian(6, 1);
        assertThatArray(fed(Damping.exact(LAMBDA), a, scalar).apply(column))
                .as("one output")
                .isCloseTo(fed(Damping.factored(LAMBDA), a, scalar).apply(column), Tolerance.chain(type));
    }

    @Test
    void apply_oneInputOrOutput_isExact() {
        double[][] scalar = {{0.7}};
        for (Damping damping : new Damping[] {Damping.factored(LAMBDA), Damping.exact(LAMBDA)}) {
            double[][] row = Loops.rounded(new RandomMatrices(5).gaussian(1, 4), type);
            double[][] column = Loops.rounded(new RandomMatrices(6).gaussian(6, 1), type);
            double[][] wide = solve(Loops.damped(Loops.kronecker(g, scalar), LAMBDA), row);
            double[][] tall = solve(Loops.damped(Loops.kronecker(scalar, a), LAMBDA), column);

            assertThatArray(fed(damping, scalar, g).apply(row)).isCloseTo(wide, Tolerance.chain(type));
            assertThatArray(fed(damping, a, scalar).apply(column)).isCloseTo(tall, Tolerance.chain(type));
        }
    }

    @ParameterizedTest
    @MethodSource("dampings")
    void apply_oneExample_solvesTheRankOneSystem(Damping damping) {
        double[][] x = Loops.rounded(new RandomMatrices(7).gaussian(1, 6), type);
        double[][] gradient = Loops.rounded(new RandomMatrices(8).gaussian(1, 4), type);
        HandFed fed =
                HandFed.of(type, 6, 4, damping).absorbExamples(x, gradient).refresh();

        double[][] expected = solve(curvature(damping, Loops.gramian(x), Loops.gramian(gradient)), d);

        assertThatArray(fed.apply(d)).isCloseTo(expected, Tolerance.chain(type));
        assertThat(fed.diagnostics).hasToString("no failures");
    }

    @Test
    void apply_zeroFactors_dampsOnly() {
        double[][] zeroA = new double[6][6];
        double[][] zeroG = new double[4][4];
        for (Damping damping : new Damping[] {Damping.factored(LAMBDA), Damping.exact(LAMBDA)}) {
            assertThatArray(fed(damping, zeroA, zeroG).apply(d))
                    .isCloseTo(Loops.scaled(1 / LAMBDA, d), Tolerance.chain(type));
        }
        assertThatArray(fed(Damping.relativeToTrace(0.5), zeroA, zeroG).apply(d))
                .isCloseTo(Loops.scaled(4, d), Tolerance.chain(type));
    }

    @ParameterizedTest
    @MethodSource("dampings")
    void apply_tinyInputs_staysFinite(Damping damping) {
        double[][] x = Loops.scaled(1e-20, new RandomMatrices(9).gaussian(10, 6));
        double[][] gradient = Loops.scaled(1e-20, new RandomMatrices(10).gaussian(10, 4));
        HandFed fed =
                HandFed.of(type, 6, 4, damping).absorbExamples(x, gradient).refresh();

        double[][] v = fed.apply(d);

        assertThat(fed.product()).isPositive().isFinite();
        assertThat(Loops.dot(v, v)).isPositive().isFinite();
        if (damping instanceof Damping.Exact || damping instanceof Damping.Factored) {
            assertThatArray(v).as("nothing but damping").isCloseTo(Loops.scaled(1 / LAMBDA, d), Tolerance.chain(type));
        }
    }

    @ParameterizedTest
    @MethodSource("dampings")
    void apply_hugeInputs_solvesOrDropsThem(Damping damping) {
        double[][] x = new RandomMatrices(9).gaussian(10, 6);
        double[][] gradient = new RandomMatrices(10).gaussian(10, 4);
        HandFed fed = HandFed.of(type, 6, 4, damping)
                .absorbExamples(Loops.scaled(1e20, x), Loops.scaled(1e20, gradient))
                .refresh();

        double[][] v = fed.apply(d);

        if (type == DataType.FLOAT) { // squares beyond the range of float
            assertThat(fed.count(Event.STATISTICS_DROPPED)).isEqualTo(1);
            assertThatArray(v).as("plain gradient").isCloseTo(Loops.scaled(10, d), Tolerance.rounding(type));
        } else {
            double[][] expected = solve(
                    curvature(
                            damping, Loops.scaled(1e39, Loops.gramian(x)), Loops.scaled(1e39, Loops.gramian(gradient))),
                    d);
            assertThatArray(v).isCloseTo(expected, Tolerance.chain(type));
        }
    }

    @Test
    void apply_illScaledFactors_solvesTheDenseSystem() {
        double[][] input = new RandomMatrices(11).illScaled(6, type == DataType.FLOAT ? 1 : 3);
        HandFed fed = fed(Damping.factored(LAMBDA), input, g);

        double[][] residual = Loops.multiply(curvature(Damping.factored(LAMBDA), input, g), Loops.vec(fed.apply(d)));

        assertThatArray(residual).isCloseTo(Loops.vec(d), 10 * Tolerance.chain(type));
    }

    @Test
    void factoredDamping_factorsRescaledAgainstEachOther_leavesTheStep() {
        double[][] expected = fed(Damping.factored(LAMBDA), a, g).apply(d);
        for (double c : new double[] {1e-3, 50}) {
            assertThatArray(fed(Damping.factored(LAMBDA), Loops.scaled(c, a), Loops.scaled(1 / c, g))
                            .apply(d))
                    .isCloseTo(expected, Tolerance.chain(type));
        }
    }

    @Test
    void undamped_linearChangeOfInputs_movesTheFunctionEqually() {
        RandomMatrices random = new RandomMatrices(12);
        double[][] x = random.gaussian(30, 6);
        double[][] gradients = random.gaussian(30, 4);
        double[][] m = Loops.damped(Loops.scaled(0.2, random.gaussian(6, 6)), 1); // well conditioned
        double[][] seen = Loops.multiply(x, m);
        Damping none = Damping.factored(0);
        double[][] plain = HandFed.of(type, 6, 4, none)
                .absorbExamples(x, gradients)
                .refresh()
                .apply(mean(x, gradients));
        double[][] changed = HandFed.of(type, 6, 4, none)
                .absorbExamples(seen, gradients)
                .refresh()
                .apply(mean(seen, gradients));

        assertThatArray(Loops.multiply(seen, changed)).isCloseTo(Loops.multiply(x, plain), Tolerance.chain(type));
    }

    @Test
    void undamped_linearChangeOfOutputs_movesTheFunctionEqually() {
        RandomMatrices random = new RandomMatrices(13);
        double[][] x = random.gaussian(30, 6);
        double[][] gradients = random.gaussian(30, 4);
        double[][] m = Loops.damped(Loops.scaled(0.2, random.gaussian(4, 4)), 1);
        double[][] seen = Loops.multiply(gradients, m); // outputs z = z' m' have gradients g' = g m
        Damping none = Damping.exact(0);
        double[][] plain = HandFed.of(type, 6, 4, none)
                .absorbExamples(x, gradients)
                .refresh()
                .apply(mean(x, gradients));
        double[][] changed =
                HandFed.of(type, 6, 4, none).absorbExamples(x, seen).refresh().apply(mean(x, seen));

        assertThatArray(Loops.multiply(changed, Loops.transpose(m))).isCloseTo(plain, Tolerance.chain(type));
    }

    private static double[][] mean(double[][] x, double[][] gradients) {
        return Loops.scaled(1.0 / x.length, Loops.multiply(Loops.transpose(x), gradients));
    }
}
