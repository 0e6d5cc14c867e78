package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Steps of NorMuon against NumPy's in the paper's orientation, rows for outputs, transposed here to [fanIn, fanOut]: learning
 * rate .02, weight decay .1, three steps.
 */
class NorMuonTest {
    private static final double[][] W0 = {{.5, -.25, 1}, {-1.5, .75, .125}};
    private static final List<double[][]> GRADIENTS = List.of(
            new double[][] {{1, 2, -1}, {.5, -1.5, 3}},
            new double[][] {{-2, .25, 1.5}, {1, 1, -.5}},
            new double[][] {{.125, -.5, 2}, {-1, 0, .25}});
    private static final double GOLDEN = 1e-8;

    private static Stream<Arguments> goldenSteps() {
        return Stream.of(
                Arguments.of("two outputs", new NorMuon(.02), false, new double[][][] {
                    {{.487309446748, -.263157028677, .996076844294}, {-1.50504768593, .749686194543, .108603492974}},
                    {{.500388860065, -.273129711904, .984945992768}, {-1.51611573076, .745113101719, .0988104969341}},
                    {{.49931529849, -.283009584947, .97269607036}, {-1.50764659995, .760777422624, .0897534798328}}
                }),
                Arguments.of("three outputs", new NorMuon(.02), true, new double[][][] {
                    {{.483381933276, -1.50610812754}, {-.267531132357, .749826748413}, {.995482815679, .106846207705}},
                    {{.499469379465, -1.51570847122}, {-.283414708218, .744778299482}, {.979705501181, .0959673691612}},
                    {{.498367092609, -1.50597166672}, {-.296074200346, .76219041621}, {.96281414033, .0845982761582}}
                }),
                Arguments.of("faster means", NorMuon.builder().beta2(.5).build(), false, new double[][][] {
                    {{.487309446749, -.263157028676, .996076844294}, {-1.50504768593, .749686194543, .108603492974}},
                    {{.500131142899, -.272937185531, .985113574518}, {-1.5164461952, .745040950477, .0985857188229}},
                    {{.499054072013, -.283393979839, .972294859773}, {-1.50814360929, .760177846525, .0898016122255}}
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldenSteps")
    void step_numPy_isReproduced(String name, NorMuon updater, boolean transposed, double[][][] golden) {
        // The paper's [outputs, inputs] is our transpose; the transposed problem has its inputs and outputs exchanged.
        double[][] start = transposed ? W0 : Loops.transpose(W0);
        MatrixSteps steps = new MatrixSteps(updater, start, DataType.DOUBLE, new WeightDecay(.1, true));
        for (int i = 0; i < golden.length; i++) {
            double[][] gradient = GRADIENTS.get(i);
            steps.step(transposed ? gradient : Loops.transpose(gradient));
            assertThatArray(steps.parameters()).isWithin(Loops.transpose(golden[i]), GOLDEN);
        }
    }

    @ParameterizedTest
    @EnumSource(Muon.Scaling.class)
    void step_withoutNormalization_isMuon(Muon.Scaling scaling) {
        RandomMatrices random = new RandomMatrices(21);
        double[][] start = random.gaussian(7, 4);
        Muon muon = Muon.builder().scaling(scaling).momentum(.9).build();
        NorMuon off = NorMuon.builder()
                .scaling(scaling)
                .momentum(.9)
                .normalized(false)
                .build();
        MatrixSteps expected = new MatrixSteps(muon, start, DataType.DOUBLE);
        MatrixSteps steps = new MatrixSteps(off, start, DataType.DOUBLE);
        for (int i = 0; i < 5; i++) {
            double[][] gradient = random.gaussian(7, 4);
            assertThatArray(steps.step(gradient)).isCloseTo(expected.step(gradient), Tolerance.EXACT);
        }
    }

    /** Of a matrix with one output there is nothing to even out. */
    @Test
    void step_oneOutput_isMuon() {
        RandomMatrices random = new RandomMatrices(22);
        MatrixSteps expected = new MatrixSteps(new Muon(), new double[6][1], DataType.DOUBLE);
        MatrixSteps steps = new MatrixSteps(new NorMuon(), new double[6][1], DataType.DOUBLE);
        for (int i = 0; i < 5; i++) {
            double[][] gradient = random.gaussian(6, 1);
            assertThatArray(steps.step(gradient)).isCloseTo(expected.step(gradient), 1e-9);
        }
    }

    /** With no memory of earlier steps, every output moves equally far, and all together as far as with Muon. */
    @Test
    void step_withoutMemory_movesOutputsEquallyFarAndAsFarAsMuon() {
        RandomMatrices random = new RandomMatrices(23);
        NorMuon updater = NorMuon.builder().beta2(0).build();
        MatrixSteps muon = new MatrixSteps(new Muon(), new double[4][9], DataType.DOUBLE);
        MatrixSteps steps = new MatrixSteps(updater, new double[4][9], DataType.DOUBLE);
        for (int i = 0; i < 3; i++) {
            double[][] gradient = random.gaussian(4, 9);
            double[] lengths = columnLengths(steps.step(gradient));
            double length = norm(columnLengths(muon.step(gradient)));
            for (double column : lengths) {
                assertThat(column).isCloseTo(length / 3, within(1e-8 * length));
            }
        }
    }

    private static double[] columnLengths(double[][] matrix) {
        return Stream.of(Loops.transpose(matrix)).mapToDouble(NorMuonTest::norm).toArray();
    }

    private static double norm(double[] vector) {
        double sum = 0;
        for (double x : vector) {
            sum += x * x;
        }
        return Math.sqrt(sum);
    }

    /** An output without a gradient, from the first step on and after some steps, neither moves nor disturbs the others. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void step_deadOutput_staysFinite(DataType type) {
        RandomMatrices random = new RandomMatrices(24);
        NorMuon updater = NorMuon.builder().momentum(0).build();
        MatrixSteps steps = new MatrixSteps(updater, new double[5][3], type);
        for (int i = 0; i < 6; i++) {
            double[][] gradient = random.gaussian(5, 3);
            for (double[] row : gradient) {
                row[1] = i == 2 ? row[1] : 0;
            }
            double[] lengths = columnLengths(steps.step(gradient));
            assertThat(lengths[1] > 0).as("step %s", i).isEqualTo(i == 2);
            assertThat(norm(lengths)).isFinite().isPositive();
        }
        assertThat(steps.step(new double[5][3])).isDeepEqualTo(new double[5][3]);
    }

    @Test
    void state_resumed_continuesBitForBit() {
        MatrixSteps.requireContinuedBitForBit(new NorMuon());
    }

    @Test
    void state_isTheMomentumAndOneNumberForEachOutput() {
        MatrixSteps steps = new MatrixSteps(new NorMuon(), new double[7][4], DataType.DOUBLE);

        assertThat(steps.sectionElements()).isEqualTo(7 * 4 + 4);
        assertThat(steps.flops()).isEqualTo(new MatrixSteps(new Muon(), new double[7][4], DataType.DOUBLE).flops());
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void roles_areThoseOfMuon(Role role) {
        double[][] start = new double[4][3];
        assertThat(new MatrixSteps(new NorMuon(), role, start, DataType.DOUBLE).isPreconditioned())
                .isEqualTo(new MatrixSteps(new Muon(), role, start, DataType.DOUBLE).isPreconditioned());
    }

    @Test
    void settings_outOfRange_areRefusedByName() {
        for (double value : new double[] {-.1, 1, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> NorMuon.builder().beta2(value).build())
                    .withMessage("beta2 must be in [0, 1), but is " + value);
        }
        assertThat(new NorMuon(.02).fallback()).isEqualTo(new Adam(3e-4, .9, .95, 1e-10));
    }
}
