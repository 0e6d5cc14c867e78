package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.StepCoordinator.Pending;

class StepCoordinatorTest {
    private final StepCoordinator coordinator = new StepCoordinator();
    private final List<String> log = new ArrayList<>();

    /** Writes its name and the factor to the log when it is finished. */
    private final class Layer implements Pending {
        private final String name;
        private final double squaredLength;

        Layer(String name, double squaredLength) {
            this.name = name;
            this.squaredLength = squaredLength;
            coordinator.join(true);
        }

        @Override
        public double squaredLength() {
            return squaredLength;
        }

        @Override
        public double klClip() {
            return 1;
        }

        @Override
        public void finish(double scale) {
            log.add(name + " " + scale);
        }
    }

    @Test
    void scale_belowAndAboveTheBound_clipsTheLength() {
        assertThat(StepCoordinator.scale(1, 0)).isEqualTo(1);
        assertThat(StepCoordinator.scale(1, 0.9)).isEqualTo(1);
        assertThat(StepCoordinator.scale(1, 1)).isEqualTo(1);
        assertThat(StepCoordinator.scale(1, 4)).isEqualTo(0.5);
        assertThat(StepCoordinator.scale(1e-3, 0.25 * 0.39040267456553973))
                .isCloseTo(0.10122169454645207, within(Tolerance.FORMULA)); // golden, lr 0.5
    }

    @Test
    void submit_allLayers_finishTogetherWithTheCommonFactor() {
        Layer first = new Layer("first", 3);
        Layer second = new Layer("second", 13);

        coordinator.submit(first);
        assertThat(log).isEmpty();
        coordinator.submit(second);

        assertThat(log).containsExactly("first 0.25", "second 0.25");
        assertThat(coordinator.lastScale()).isEqualTo(0.25);
    }

    @Test
    void submit_severalSteps_startAnewEachTime() {
        Layer first = new Layer("first", 3);
        Layer second = new Layer("second", 1);
        for (int step = 1; step <= 3; step++) {
            coordinator.submit(first);
            assertThat(log).hasSize(2 * step - 2);
            coordinator.submit(second);
            assertThat(log).hasSize(2 * step).endsWith("first 0.5", "second 0.5");
        }
    }

    @Test
    void submit_incompleteStep_isDropped() {
        Layer first = new Layer("first", 3);
        Layer second = new Layer("second", 1);
        coordinator.submit(first); // then an exception in another layer

        coordinator.submit(first);
        coordinator.submit(second);

        assertThat(log).as("the first length counted once").containsExactly("first 0.5", "second 0.5");
    }

    @Test
    void join_unclippedLayer_isNotWaitedFor() {
        Layer only = new Layer("only", 4);
        coordinator.join(false);

        coordinator.submit(only);

        assertThat(log).containsExactly("only 0.5");
    }

    @Test
    void lastScale_beforeTheFirstStep_isOne() {
        assertThat(coordinator.lastScale()).isEqualTo(1);
    }
}
