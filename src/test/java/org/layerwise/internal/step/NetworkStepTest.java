package org.layerwise.internal.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.layerwise.settings.StepRule;
import org.layerwise.settings.StepRule.Part;
import org.layerwise.settings.StepRule.Step;
import org.layerwise.testing.Tolerance;

/** Layers wait for each other, and nothing of a step that ended early enters the next. */
class NetworkStepTest {
    private final NetworkStep network = new NetworkStep();
    private final List<String> log = new ArrayList<>();

    /** Writes its name and the factor to the log when it is finished. */
    private final class Layer implements NetworkStep.Member {
        private final String name;
        private final List<Part> parts;

        Layer(String name, Part... parts) {
            this.name = name;
            this.parts = List.of(parts);
        }

        Layer(String name, double squaredLength) {
            this(name, new Part(squaredLength, 1, true));
        }

        @Override
        public String place() {
            return name;
        }

        @Override
        public StepRule rule() {
            return StepRule.klClip(1);
        }

        @Override
        public List<Part> parts() {
            return parts;
        }

        @Override
        public void finish(double scale) {
            log.add(name + " " + scale);
        }
    }

    private static double scale(double bound, double squaredLength) {
        return StepRule.klClip(bound).scale(new Step(List.of(new Part(squaredLength, 1, true)), Double.NaN));
    }

    @Test
    void klClip_belowAndAboveTheBound_clipsTheLength() {
        assertThat(scale(1, 0)).isEqualTo(1);
        assertThat(scale(1, 0.9)).isEqualTo(1);
        assertThat(scale(1, 1)).isEqualTo(1);
        assertThat(scale(1, 4)).isEqualTo(0.5);
        assertThat(scale(1e-3, 0.25 * 0.39040267456553973))
                .isCloseTo(0.10122169454645207, within(Tolerance.FORMULA)); // golden, lr 0.5
    }

    @Test
    void klClip_fallbackPart_doesNotCount() {
        Step step = new Step(List.of(new Part(1, 2, true), new Part(1000, 1, false)), 0.5);

        assertThat(StepRule.klClip(1).scale(step)).isEqualTo(0.5);
        assertThat(StepRule.independent().scale(step)).isEqualTo(1);
        assertThat(StepRule.independent().couplesLayers()).isFalse();
    }

    @Test
    void submit_allLayers_finishTogetherWithTheCommonFactor() {
        network.begin(2, Double.NaN);
        network.submit(new Layer("first", 3));
        assertThat(log).isEmpty();
        network.submit(new Layer("second", 13));

        assertThat(log).containsExactly("first 0.25", "second 0.25");
        assertThat(network.lastScale()).isEqualTo(0.25);
    }

    @Test
    void submit_severalSteps_startAnewEachTime() {
        for (int step = 1; step <= 3; step++) {
            network.begin(2, Double.NaN);
            network.submit(new Layer("first", 3));
            assertThat(log).hasSize(2 * step - 2);
            network.submit(new Layer("second", 1));
            assertThat(log).hasSize(2 * step).endsWith("first 0.5", "second 0.5");
        }
    }

    @Test
    void begin_afterAStepThatEndedEarly_dropsIt() {
        network.begin(2, Double.NaN);
        network.submit(new Layer("first", 3)); // then an exception in another layer

        network.begin(2, Double.NaN);
        network.submit(new Layer("first", 3));
        network.submit(new Layer("second", 1));

        assertThat(log).as("the first length counted once").containsExactly("first 0.5", "second 0.5");
    }

    @Test
    void lastScale_beforeTheFirstStep_isOne() {
        assertThat(network.lastScale()).isEqualTo(1);
    }
}
