package org.layerwise.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.settings.PolarIteration.Quintic;

/** The polynomial lists as maps of one singular value, against published iterates. */
class PolarIterationTest {
    @ParameterizedTest
    @CsvSource({
        ".001, .4705439512",
        ".01, .6989170633",
        ".05, .7581196537",
        ".1, .7121200817",
        ".3, 1.079592293",
        ".5, .7654385305",
        ".7, 1.12032263",
        ".9, .6820106703",
        "1, .6964364095"
    })
    void newtonSchulz_fiveSteps_mapsAsKellerJordans(double from, double to) {
        assertThat(PolarIteration.newtonSchulz(5).map(from)).isCloseTo(to, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({".001, .8401453965", ".01, 1.054023629", ".1, .8914441713", ".5, 1.104656511", "1, .8771067674"})
    void polarExpress_fiveSteps_mapsAsThePapers(double from, double to) {
        PolarIteration iteration = PolarIteration.polarExpress(5);
        assertThat(iteration.map(from / iteration.margin())).isCloseTo(to, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"8, 0.01, 1e-9", "12, 0.001, 1e-12", "16, 0.0001, 1e-12"})
    void polarExpress_moreSteps_convergeToOne(int steps, double smallest, double error) {
        for (double s : new double[] {smallest, 3 * smallest, .1, .5, .99}) {
            assertThat(PolarIteration.polarExpress(steps).map(s)).isCloseTo(1, within(error));
        }
    }

    @Test
    void of_customList_isEvaluatedInOrder() {
        PolarIteration iteration = PolarIteration.of(new Quintic(2, 0, 0), new Quintic(0, 1, 0), new Quintic(0, 0, 1));
        assertThat(iteration.map(.5)).isEqualTo(1);
        assertThat(iteration.map(1)).isEqualTo(Math.pow(2, 15));
        assertThat(iteration.margin()).isEqualTo(1);
    }

    @Test
    void polarIteration_badValues_areRefused() {
        assertThatThrownBy(() -> new PolarIteration(.5, List.of(new Quintic(1, 0, 0))))
                .hasMessageContaining("margin");
        assertThatThrownBy(() -> new PolarIteration(1, List.of())).hasMessageContaining("1 to 100 steps");
        assertThatThrownBy(() -> PolarIteration.newtonSchulz(0)).hasMessageContaining("0");
        assertThatThrownBy(() -> PolarIteration.polarExpress(101)).hasMessageContaining("101");
        assertThatThrownBy(() -> new Quintic(1, Double.NaN, 0)).hasMessageContaining("NaN");
        assertThat(PolarIteration.newtonSchulz(2).steps()).hasSize(2);
    }
}
