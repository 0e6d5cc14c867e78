package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;
import static org.layerwise.updater.ShampooTest.G1;
import static org.layerwise.updater.ShampooTest.G2;
import static org.layerwise.updater.ShampooTest.G3;
import static org.layerwise.updater.ShampooTest.GOLDEN;
import static org.layerwise.updater.ShampooTest.W0;
import static org.layerwise.updater.ShampooTest.bare;
import static org.layerwise.updater.ShampooTest.exact;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.Period;
import org.layerwise.testing.Loops;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Steps of Shampoo against the reference implementation. Golden matrices are in PyTorch's orientation, rows for outputs, and
 * transposed here to [fanIn, fanOut].
 */
class ShampooGoldenTest {
    private static Stream<Arguments> golden() {
        Shampoo.Builder adam = exact().root(InverseRoot.absolute(1e-12));
        return Stream.of(
                Arguments.of(
                        "sums, no graft",
                        bare().root(InverseRoot.absolute(1e-6)).build(),
                        0.,
                        Map.of(
                                1,
                                new double[][] {
                                    {.493989795839, -.25798424226, 1.00035957167},
                                    {-1.50340871869, .752153823936, .115848952853}
                                },
                                4,
                                new double[][] {
                                    {.495269470956, -.265412078811, .990802430508},
                                    {-1.50510296828, .743512859879, .108187123072}
                                })),
                Arguments.of(
                        "Adam graft",
                        adam.build(),
                        .1,
                        Map.of(
                                1,
                                new double[][] {
                                    {.48909001916, -.263579114915, .99962279537},
                                    {-1.5044040751, .752980531761, .109024920362}
                                },
                                2,
                                new double[][] {
                                    {.491740330038, -.2720721533, .993990089486},
                                    {-1.50806098921, .750606291218, .100924733457}
                                },
                                4,
                                new double[][] {
                                    {.489045876138, -.280963622406, .982665778873},
                                    {-1.50768356453, .741582793371, .0885899898682}
                                })),
                Arguments.of(
                        "Adam graft, every second step",
                        adam.refresh(Period.every(2)).build(),
                        .1,
                        Map.of(
                                1,
                                new double[][] {
                                    {.4895000001, -.25974999995, 1.0089999999},
                                    {-1.5084999998, .759249999933, .114875000033}
                                },
                                4,
                                new double[][] {
                                    {.489519678941, -.277524657259, .9924014057},
                                    {-1.51140256124, .747557743822, .0945288114203}
                                })),
                Arguments.of(
                        "SGD graft",
                        exact().root(InverseRoot.absolute(1e-6))
                                .grafting(Grafting.sgd())
                                .build(),
                        .1,
                        Map.of(4, new double[][] {
                            {.481461509617, -.300028150574, .97550508261},
                            {-1.51535302964, .738855246699, .0665378180656}
                        })),
                Arguments.of(
                        "squared",
                        exact().root(InverseRoot.absolute(1e-6)).exponent(.5).build(),
                        .1,
                        Map.of(
                                1,
                                new double[][] {
                                    {.486095963906, -.263624354058, .994296830711},
                                    {-1.50649538986, .747368733319, .113117071605}
                                },
                                4,
                                new double[][] {
                                    {.483768409545, -.281749295403, .975555945154},
                                    {-1.5091945164, .732684128114, .0948524343111}
                                })),
                Arguments.of(
                        "outputs' side only",
                        exact().root(InverseRoot.absolute(1e-6))
                                .inputExponent(0)
                                .outputExponent(.5)
                                .grafting(Grafting.none())
                                .build(),
                        .1,
                        Map.of(
                                1,
                                new double[][] {
                                    {.493489795839, -.25773424226, .999359571674},
                                    {-1.50190871864, .751403823936, .115723952853}
                                },
                                4,
                                new double[][] {
                                    {.492478150232, -.269816116308, .983929029935},
                                    {-1.50150442476, .742535516923, .0987625372653}
                                })));
    }

    /** Golden parameters by step, from 1. DL4J's weight decay is the reference's. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void step_referenceImplementation_isReproduced(
            String name, Shampoo shampoo, double decay, Map<Integer, double[][]> expected) {
        Regularization[] terms =
                decay == 0 ? new Regularization[0] : new Regularization[] {new WeightDecay(decay, true)};
        MatrixSteps steps = new MatrixSteps(shampoo, Loops.transpose(W0), DataType.DOUBLE, terms);
        int step = 1;
        for (double[][] gradient : List.of(G1, G2, G3, G1)) {
            steps.step(Loops.transpose(gradient));
            double[][] golden = expected.get(step);
            if (golden != null) {
                assertThatArray(steps.parameters()).as("step %s", step).isWithin(Loops.transpose(golden), GOLDEN);
            }
            step++;
        }
        assertThat(expected).containsKey(4);
    }
}
