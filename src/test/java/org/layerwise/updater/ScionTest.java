package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.settings.NormBall;
import org.layerwise.settings.NormBall.Norm;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/** Steps of Scion against the reference implementation; golden matrices have rows for outputs. */
class ScionTest {
    private static final double[][] W0 = {{.5, -.25, 1}, {-1.5, .75, .125}};
    private static final double[][] G1 = {{1, 2, -1}, {.5, -1.5, 3}};
    private static final double[][] G2 = {{-2, .25, 1.5}, {1, 1, -.5}};
    private static final double GOLDEN = 1e-8;
    private static final double RATE = 1. / 4096;
    private static final Regularization[] CONSTRAINED = {new WeightDecay(1, true)};
    private static final Regularization[] UNCONSTRAINED = {};

    private static Scion scion(double rate, Norm norm, double radius) {
        return Scion.builder()
                .learningRate(rate)
                .ball(Role.HIDDEN, NormBall.of(norm, radius))
                .build();
    }

    @Test
    void step_spectralUnconstrained_isReproduced() {
        MatrixSteps steps =
                new MatrixSteps(scion(RATE, Norm.SPECTRAL, 50), Loops.transpose(W0), DataType.DOUBLE, UNCONSTRAINED);
        steps.step(Loops.transpose(G1));
        assertGolden(steps, new double[][] {
            {.493713438387, -.257344028186, .998965828558}, {-1.50366619031, .750540380852, .117644324248}
        });
        steps.step(Loops.transpose(G2));
        assertGolden(steps, new double[][] {
            {.498029163752, -.265769097997, .996125922875}, {-1.50918015462, .751581448241, .10890971562}
        });
    }

    @Test
    void step_spectralConstrained_isReproduced() {
        MatrixSteps steps =
                new MatrixSteps(scion(RATE, Norm.SPECTRAL, 50), Loops.transpose(W0), DataType.DOUBLE, CONSTRAINED);
        steps.step(Loops.transpose(G1));
        steps.step(Loops.transpose(G2));
        assertGolden(steps, new double[][] {
            {.497786587734, -.26564524961, .995637953713}, {-1.50844692708, .751215150078, .108850483734}
        });
    }

    @Test
    void step_signConstrained_isReproduced() {
        MatrixSteps steps =
                new MatrixSteps(scion(RATE, Norm.SIGN, 3000), Loops.transpose(W0), DataType.DOUBLE, CONSTRAINED);
        steps.step(Loops.transpose(G1));
        assertGolden(steps, new double[][] {
            {.255737304688, -.494079589844, 1.24389648438}, {-1.74377441406, .993957519531, -.119171142578}
        });
    }

    @Test
    void step_biasRms_isReproduced() {
        MatrixSteps steps = new MatrixSteps(
                new Scion(.01), Role.VECTOR, new double[][] {{.1, -.2, .3}}, DataType.DOUBLE, CONSTRAINED);
        steps.step(new double[][] {{1, 2, -1}});
        assertThatArray(steps.parameters())
                .isWithin(new double[][] {{.0919289326881, -.212142134624, .304071067312}}, GOLDEN);
        steps.step(new double[][] {{-2, .25, 1.5}});
        assertThatArray(steps.parameters())
                .isWithin(new double[][] {{.09893960909, -.224799285772, .296704920787}}, GOLDEN);
    }

    private static void assertGolden(MatrixSteps steps, double[][] golden) {
        assertThatArray(steps.parameters()).isWithin(Loops.transpose(golden), GOLDEN);
    }

    /** Reference formulas, rows for outputs: RowNorm g / (|row| sqrt(d_in) + eps), ColNorm g / (rms(column) d_in + eps). */
    private static Stream<Arguments> groupNorms() {
        double[][] rows = new double[2][3];
        double[][] columns = new double[2][3];
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 3; j++) {
                double row = Math.sqrt(G1[i][0] * G1[i][0] + G1[i][1] * G1[i][1] + G1[i][2] * G1[i][2]);
                double column = Math.sqrt((G1[0][j] * G1[0][j] + G1[1][j] * G1[1][j]) / 2);
                rows[i][j] = G1[i][j] / (row * Math.sqrt(3) + 1e-8);
                columns[i][j] = G1[i][j] / (column * 3 + 1e-8);
            }
        }
        return Stream.of(Arguments.of(Norm.PER_OUTPUT, rows, Math.sqrt(3)), Arguments.of(Norm.PER_INPUT, columns, 3));
    }

    @ParameterizedTest
    @MethodSource("groupNorms")
    void step_groupNorm_followsTheReference(Norm norm, double[][] expected, double unnormalized) {
        Scion.Builder builder = Scion.builder().learningRate(1).alpha(1).ball(Role.HIDDEN, NormBall.of(norm, 7));
        double[][] zero = new double[3][2];
        assertThatArray(new MatrixSteps(builder.build(), zero, DataType.DOUBLE).step(Loops.transpose(G1)))
                .isCloseTo(Loops.scaled(7, Loops.transpose(expected)), Tolerance.FORMULA);
        builder.ball(Role.HIDDEN, NormBall.of(norm, 7).unnormalized());
        assertThatArray(new MatrixSteps(builder.build(), zero, DataType.DOUBLE).step(Loops.transpose(G1)))
                .isCloseTo(Loops.scaled(7 * unnormalized, Loops.transpose(expected)), 1e-7);
    }

    /** With shrinking and a start inside, a convex combination of points of the ball never leaves it. */
    @ParameterizedTest
    @EnumSource(
            value = Norm.class,
            names = {"SIGN", "PER_OUTPUT", "PER_INPUT", "ROOT_MEAN_SQUARE"})
    void step_constrained_staysInItsBall(Norm norm) {
        RandomMatrices random = new RandomMatrices(21);
        MatrixSteps steps = new MatrixSteps(scion(.2, norm, 3), new double[5][4], DataType.DOUBLE, CONSTRAINED);
        for (int i = 0; i < 60; i++) {
            steps.step(random.gaussian(5, 4));
            assertThat(norm(norm, steps.parameters())).isLessThanOrEqualTo(3 + 1e-9);
        }
    }

    /** In the norm's own unit. */
    private static double norm(Norm norm, double[][] w) {
        double[][] t = Loops.transpose(w);
        return switch (norm) {
            case SIGN ->
                max(java.util.Arrays.stream(w)
                                .map(row -> max(java.util.Arrays.stream(row).map(Math::abs)))
                                .mapToDouble(Double::doubleValue))
                        * 5;
            case PER_OUTPUT -> max(java.util.Arrays.stream(t).mapToDouble(ScionTest::length)) * Math.sqrt(5);
            case PER_INPUT -> max(java.util.Arrays.stream(w).mapToDouble(ScionTest::length)) / 2 * 5;
            default -> Math.sqrt(Loops.dot(w, w) / 20);
        };
    }

    private static double max(java.util.stream.DoubleStream values) {
        return values.max().orElseThrow();
    }

    private static double length(double[] row) {
        return Math.sqrt(java.util.Arrays.stream(row).map(x -> x * x).sum());
    }

    /** The polar iteration overshoots one by up to 21 %, so the spectral ball is that much larger. */
    @Test
    void step_constrainedSpectral_staysInItsBall() {
        RandomMatrices random = new RandomMatrices(22);
        MatrixSteps steps =
                new MatrixSteps(scion(.2, Norm.SPECTRAL, 3), new double[4][4], DataType.DOUBLE, CONSTRAINED);
        for (int i = 0; i < 60; i++) {
            steps.step(random.gaussian(4, 4));
            assertThat(spectralNorm(steps.parameters())).isLessThanOrEqualTo(3 * 1.21);
        }
    }

    private static double spectralNorm(double[][] w) {
        double[][] gram = Loops.multiply(Loops.transpose(w), w);
        double[][] v = {{1}, {.7}, {-.4}, {.2}};
        double value = 0;
        for (int i = 0; i < 500; i++) {
            v = Loops.multiply(gram, v);
            value = Math.sqrt(Loops.dot(v, v));
            v = Loops.scaled(1 / value, v);
        }
        return Math.sqrt(value);
    }

    /** The norm of the transposed problem, and the ratio of the steps' lengths for 7 inputs and 4 outputs. */
    private static Stream<Arguments> transposedNorms() {
        return Stream.of(
                Arguments.of(Norm.SPECTRAL, Norm.SPECTRAL, 4. / 7),
                Arguments.of(Norm.SPECTRAL_MAX, Norm.SPECTRAL_MAX, Math.sqrt(4. / 7)),
                Arguments.of(Norm.SIGN, Norm.SIGN, 4. / 7),
                Arguments.of(Norm.PER_OUTPUT, Norm.PER_INPUT, 4. / 7),
                Arguments.of(Norm.PER_INPUT, Norm.PER_OUTPUT, 4. / 7),
                Arguments.of(Norm.ROOT_MEAN_SQUARE, Norm.ROOT_MEAN_SQUARE, 1));
    }

    @ParameterizedTest
    @MethodSource("transposedNorms")
    void step_transposedProblem_isTransposedButForTheScale(Norm norm, Norm transposed, double ratio) {
        RandomMatrices random = new RandomMatrices(3);
        MatrixSteps tall = new MatrixSteps(scion(1, norm, 1), new double[7][4], DataType.DOUBLE);
        MatrixSteps wide = new MatrixSteps(scion(1, transposed, 1), new double[4][7], DataType.DOUBLE);
        for (int i = 0; i < 3; i++) {
            double[][] gradient = random.gaussian(7, 4);
            double[][] update = wide.step(Loops.transpose(gradient));
            assertThatArray(Loops.scaled(ratio, Loops.transpose(update))).isCloseTo(tall.step(gradient), 1e-7);
        }
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void step_extremeGradients_areHandled(Norm norm) {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
            Scion scion = scion(1, norm, 1);
            double[][] zero = new double[3][4];
            assertThatArray(new MatrixSteps(scion, zero, type).step(zero)).isWithin(zero, 0);
            double[][] gradient = new RandomMatrices(2).gaussian(3, 4);
            double[][] expected = new MatrixSteps(scion, zero, type).step(gradient);
            for (double scale : new double[] {1e20, 1e8}) {
                assertThatArray(new MatrixSteps(scion, zero, type).step(Loops.scaled(scale, gradient)))
                        .isCloseTo(expected, 1e-3);
            }
            for (double[] row : new MatrixSteps(scion, zero, type).step(Loops.scaled(1e-20, gradient))) {
                assertThat(java.util.Arrays.stream(row)).allMatch(Double::isFinite);
            }
        }
    }

    @Test
    void preconditioned_roleWithoutBall_isLeftToTheFallback() {
        Scion scion = Scion.builder().withoutBall(Role.VECTOR).build();
        MatrixSteps steps = new MatrixSteps(scion, Role.VECTOR, new double[1][2], DataType.DOUBLE);
        assertThatArray(steps.step(new double[][] {{1, -2}})).isCloseTo(new double[][] {{.001, -.001}}, 1e-6);
    }

    @Test
    void build_badValues_areRefused() {
        assertThatThrownBy(() -> Scion.builder().alpha(0).build()).hasMessageContaining("alpha");
        assertThatThrownBy(() -> Scion.builder().alpha(1.5)).hasMessageContaining("alpha");
        assertThatThrownBy(() -> NormBall.of(Norm.SIGN, 0)).hasMessageContaining("radius");
        assertThatThrownBy(() -> Scion.builder().fallback(new Scion()).build()).hasMessageContaining("DL4J's");
    }

    /** A configuration is written alike by every JVM, in whatever order its balls were named. */
    @Test
    void json_balls_areInTheOrderOfTheRoles() {
        Map<Role, NormBall> reversed = new LinkedHashMap<>();
        Stream.of(Role.values())
                .sorted(Comparator.reverseOrder())
                .forEach(role -> reversed.put(role, NormBall.of(Norm.SPECTRAL, 1)));
        Scion.Settings settings = new Scion().settings();
        Scion.Settings other =
                new Scion.Settings(settings.momentum(), reversed, settings.failures(), settings.fallback());

        assertThat(other.balls().keySet()).containsExactly(Role.values());
        assertThatThrownBy(() -> other.balls().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
