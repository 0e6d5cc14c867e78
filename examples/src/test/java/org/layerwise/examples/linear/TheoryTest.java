package org.layerwise.examples.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TheoryTest {
    private static final Dimensions REFERENCE = new Dimensions(100, 15, 8, 1024);

    @Test
    void undampedKfacContractsByOneMinusEtaWhateverTheProblem() {
        for (double kappa : new double[] {1, 100, 1000}) {
            Theory theory = new Theory(TestTasks.task(kappa, .1, 3));

            assertThat(theory.kfacContraction(.1, 0)).isCloseTo(.9, within(1e-9));
        }
    }

    @Test
    void dampingBringsTheConditioningBack() {
        Theory theory = new Theory(LinearTask.random(new Dimensions(40, 15, 5, 100), 100, 0, 1));

        double slight = theory.kfacContraction(.5, .1);
        double strong = theory.kfacContraction(.5, 1);

        assertThat(slight).isBetween(.6, .95);
        assertThat(strong).isBetween(.95, .999);
    }

    @Test
    void oneSidedMethodsKeepOneConditionNumberEach() {
        Theory round = new Theory(TestTasks.task(1, .1, 3));
        Theory flat = new Theory(TestTasks.task(1000, .1, 3));

        assertThat(flat.rightContraction(.01, 0)).isCloseTo(round.rightContraction(.01, 0), within(1e-10));
        assertThat(flat.leftContraction(.01)).isGreaterThan(round.leftContraction(.01));
        assertThat(round.leftContraction(.01)).isCloseTo(.99, within(1e-10));
        assertThat(round.plainContraction(.01)).isCloseTo(round.rightContraction(.01, 0), within(1e-10));
    }

    @ParameterizedTest
    @ValueSource(doubles = {.01, .1, .5, 1})
    void noiseFloorGrowsWithTheRateAsDerived(double eta) {
        Theory theory = new Theory(LinearTask.random(REFERENCE, 100, .1, 1));

        double ratio = theory.noiseFloor(eta, 1024) / theory.noiseFloor(1, 1024);

        assertThat(ratio).isCloseTo(Math.sqrt(eta / (2 - eta)), within(1e-12));
    }

    /** Listed for other draws of the task, so to the spread between tasks: .0049 (.01), .0157 (.1), .0684 (1). */
    @Test
    void noiseFloorHasTheListedSize() {
        Theory flat = new Theory(LinearTask.random(REFERENCE, 100, .1, 1));
        Theory flatter = new Theory(LinearTask.random(REFERENCE, 1000, .1, 1));

        assertThat(flat.noiseFloor(.01, 1024)).isBetween(.0049 / 1.3, .0049 * 1.3);
        assertThat(flat.noiseFloor(.1, 1024)).isBetween(.0157 / 1.3, .0157 * 1.3);
        assertThat(flatter.noiseFloor(1, 1024)).isBetween(.147 / 1.3, .147 * 1.3);
    }
}
