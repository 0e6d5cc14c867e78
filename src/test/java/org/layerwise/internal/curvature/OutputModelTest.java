package org.layerwise.internal.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class OutputModelTest {
    private static final int SEEDS = 300;
    private static final double HESSIAN_BOUND = 1e-8;

    private static double[][] outputs(OutputModels model, int rows, int columns) {
        double[][] z = new RandomMatrices(1).gaussian(rows, columns);
        for (double[] row : z) {
            double sum = 0;
            for (int k = 0; k < columns; k++) {
                row[k] = model == OutputModels.GAUSSIAN ? row[k] : Math.exp(row[k]);
                sum += row[k];
            }
            for (int k = 0; k < columns; k++) {
                row[k] /= model == OutputModels.SOFTMAX ? sum : model == OutputModels.BERNOULLI ? 1 + row[k] : 1;
            }
        }
        return z;
    }

    private static double[][] hessian(OutputModels model, double[] p) {
        double[][] h = new double[p.length][p.length];
        for (int i = 0; i < p.length; i++) {
            for (int j = 0; j < p.length; j++) {
                h[i][j] = model == OutputModels.SOFTMAX ? -p[i] * p[j] : 0;
            }
            h[i][i] += switch (model) {
                case SOFTMAX -> p[i];
                case BERNOULLI -> p[i] * (1 - p[i]);
                case GAUSSIAN -> 2;
            };
        }
        return h;
    }

    @ParameterizedTest
    @EnumSource
    void column_allColumns_factoriseTheHessian(OutputModels model) {
        checkColumns(model, outputs(model, 6, 5), DataType.DOUBLE, HESSIAN_BOUND);
        checkColumns(model, outputs(model, 6, 5), DataType.FLOAT, Tolerance.rounding(DataType.FLOAT));
        checkColumns(model, outputs(model, 1, 1), DataType.DOUBLE, HESSIAN_BOUND);
        checkColumns(model, outputs(model, 1, 4), DataType.DOUBLE, HESSIAN_BOUND);
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTMAX", "BERNOULLI"})
    void column_probabilityZeroOrOne_givesNoNaN(OutputModels model) {
        double[][] p = {{1, 0, 0}, {0, 0.5, 0.5}, {0, 0, 1}, {1e-40, 1, 0}};

        checkColumns(model, p, DataType.DOUBLE, HESSIAN_BOUND);
        checkColumns(model, p, DataType.FLOAT, Tolerance.rounding(DataType.FLOAT));
    }

    private static void checkColumns(OutputModels model, double[][] p, DataType type, double bound) {
        INDArray output = Loops.array(p, type, 'c');
        int k = p[0].length;
        double[][][] columns = new double[k][][];
        for (int c = 0; c < k; c++) {
            INDArray column = model.column(output, c);
            assertThat(column.dataType()).isEqualTo(type);
            columns[c] = Loops.of(column);
        }
        for (int n = 0; n < p.length; n++) {
            double[][] factor = new double[k][k];
            for (int c = 0; c < k; c++) {
                factor[c] = columns[c][n];
            }
            assertThatArray(Loops.gramian(factor))
                    .as("%s, example %s", model, n)
                    .isWithin(hessian(model, p[n]), bound);
        }
        assertThatArray(output).as("read only").isCloseTo(Loops.rounded(p, type), Tolerance.EXACT);
    }

    @ParameterizedTest
    @EnumSource
    void sample_manyDraws_haveMeanZeroAndTheHessianAsCovariance(OutputModels model) {
        double[][] p = outputs(model, 1, 3);
        int draws = 40_000;
        double[][] repeated = new double[draws][];
        Arrays.fill(repeated, p[0]);

        double[][] g =
                Loops.of(model.sample(Loops.array(repeated, DataType.DOUBLE, 'c'), OutputModels.random(1, 2, 0)));

        double[][] ones = new double[1][draws];
        Arrays.fill(ones[0], 1.0 / draws);
        assertThatArray(Loops.multiply(ones, g)).isWithin(new double[1][3], Tolerance.FREQUENCY);
        assertThatArray(Loops.scaled(1.0 / draws, Loops.gramian(g)))
                .isWithin(hessian(model, p[0]), 2 * Tolerance.FREQUENCY);
    }

    @ParameterizedTest
    @EnumSource
    void sample_growingNumber_errorFollowsTheRateLaw(OutputModels model) {
        double[][] p = outputs(model, 4, 3);
        double single = meanSquaredError(model, p, 1);
        double many = meanSquaredError(model, p, 16);

        assertThat(single / law(model, p, 1)).isCloseTo(1, within(Tolerance.MONTE_CARLO));
        assertThat(many / law(model, p, 16)).isCloseTo(1, within(Tolerance.MONTE_CARLO));
        assertThat(Math.log(many / single) / Math.log(16)).isCloseTo(-1, within(Tolerance.MONTE_CARLO));
    }

    /** Mean over seeds of the squared Frobenius error of (1/(N M)) sum g g'. */
    private static double meanSquaredError(OutputModels model, double[][] p, int samples) {
        INDArray output = Loops.array(p, DataType.DOUBLE, 'c');
        double[][] expected = new double[p[0].length][p[0].length];
        for (double[] row : p) {
            expected = Loops.combine(1, expected, 1.0 / p.length, hessian(model, row));
        }
        double sum = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            double[][] error = Loops.scaled(-1, expected);
            for (int m = 0; m < samples; m++) {
                double[][] g = Loops.of(model.sample(output, OutputModels.random(seed, 5, m)));
                error = Loops.combine(1, error, 1.0 / (p.length * samples), Loops.gramian(g));
            }
            sum += Loops.dot(error, error);
        }
        return sum / SEEDS;
    }

    /** (1/(N^2 M)) sum over n of E|g|^4 - |H_n|^2; for the Gaussian 4 d (d + 1) / (N M). */
    private static double law(OutputModels model, double[][] p, int samples) {
        double sum = 0;
        for (double[] row : p) {
            double[][] h = hessian(model, row);
            sum += fourthMoment(model, row) - Loops.dot(h, h);
        }
        return sum / (p.length * p.length * samples);
    }

    private static double fourthMoment(OutputModels model, double[] p) {
        int d = p.length;
        double moment = 0;
        switch (model) {
            case GAUSSIAN -> moment = 4.0 * d * (d + 2);
            case SOFTMAX -> {
                double norm = Arrays.stream(p).map(x -> x * x).sum();
                moment = Arrays.stream(p)
                        .map(x -> x * Math.pow(norm - 2 * x + 1, 2))
                        .sum();
            }
            case BERNOULLI -> {
                for (int labels = 0; labels < 1 << d; labels++) {
                    double probability = 1;
                    double norm = 0;
                    for (int k = 0; k < d; k++) {
                        int label = labels >> k & 1;
                        probability *= label == 1 ? p[k] : 1 - p[k];
                        norm += Math.pow(p[k] - label, 2);
                    }
                    moment += probability * norm * norm;
                }
            }
        }
        return moment;
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTMAX", "BERNOULLI"})
    void sample_labels_occurAsOftenAsPredicted(OutputModels model) {
        double[] p = model == OutputModels.SOFTMAX ? new double[] {0.1, 0.2, 0.7} : new double[] {0, 0.3, 1};
        int draws = 20_000;
        double[][] repeated = new double[draws][];
        Arrays.fill(repeated, p);

        double[][] g = Loops.of(model.sample(Loops.array(repeated, DataType.FLOAT, 'c'), OutputModels.random(3, 0, 0)));

        double[] frequency = new double[3];
        for (double[] row : g) {
            for (int k = 0; k < 3; k++) {
                double label = p[k] - row[k]; // g = p - label
                assertThat(Math.min(Math.abs(label), Math.abs(label - 1))).isLessThan(1e-6);
                frequency[k] += Math.rint(label) / draws;
            }
        }
        assertThat(frequency).containsExactly(p, within(Tolerance.FREQUENCY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT", "DOUBLE"})
    void sample_impossibleClass_isNeverDrawn(String type) {
        double[][] p = new double[5000][];
        Arrays.fill(p, new double[] {0, 1, 0});

        INDArray g =
                OutputModels.SOFTMAX.sample(Loops.array(p, DataType.valueOf(type), 'c'), OutputModels.random(9, 9, 0));

        assertThatArray(g).isCloseTo(new double[5000][3], Tolerance.EXACT);
    }

    @Test
    void sample_probabilitiesShortOfOne_neverDrawsAnImpossibleLastClass() {
        double[][] p = {{0.5, 0.5 - 1e-7, 0}};
        RandomGenerator almostOne = new RandomGenerator() {
            @Override
            public long nextLong() {
                return -1L; // nextDouble() just below 1
            }
        };

        double[][] g = Loops.of(OutputModels.SOFTMAX.sample(Loops.array(p, DataType.DOUBLE, 'c'), almostOne));

        assertThat(g[0][2]).isZero();
        assertThat(g[0][1]).isNegative();
    }

    @ParameterizedTest
    @EnumSource
    void sample_sameSeedStepAndSample_isTheSameDraw(OutputModels model) {
        INDArray output = Loops.array(outputs(model, 50, 4), DataType.DOUBLE, 'c');
        double[][] first = Loops.of(model.sample(output, OutputModels.random(7, 11, 1)));

        assertThatArray(model.sample(output, OutputModels.random(7, 11, 1))).isCloseTo(first, Tolerance.EXACT);
        for (RandomGenerator other : new RandomGenerator[] {
            OutputModels.random(8, 11, 1), OutputModels.random(7, 12, 1), OutputModels.random(7, 11, 2)
        }) {
            assertThat(Arrays.deepEquals(Loops.of(model.sample(output, other)), first))
                    .isFalse();
        }
    }
}
