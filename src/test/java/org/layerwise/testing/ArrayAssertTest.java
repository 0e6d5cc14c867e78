package org.layerwise.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;

/** A comparison that cannot fail would make every other test worthless. */
class ArrayAssertTest {
    private static final double[][] EXPECTED = {{1, 2}, {3, 4}};

    @Test
    void isCloseTo_deviation_reportsIndexValuesRatioAndCount() {
        assertThatThrownBy(() ->
                        assertThatArray(new double[][] {{1, 2.5}, {6, 4}}).isCloseTo(EXPECTED, 0.01))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("2 of 4")
                .hasMessageContaining("[1, 0]")
                .hasMessageContaining("6.00000")
                .hasMessageContaining("3.00000")
                .hasMessageContaining("ratio 2.0000");
    }

    @Test
    void isCloseTo_nan_fails() {
        assertThatThrownBy(() -> assertThatArray(new double[][] {{1, Double.NaN}, {3, 4}})
                        .isCloseTo(EXPECTED, 1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[0, 1]");
    }

    @Test
    void isCloseTo_otherShape_fails() {
        assertThatThrownBy(() -> assertThatArray(new double[][] {{1, 2}}).isCloseTo(EXPECTED, 1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("shape [1, 2] instead of [2, 2]");
    }

    @Test
    void isCloseTo_withinTolerance_passes() {
        assertThatArray(new double[][] {{1, 2}, {3, 4.039}}).isCloseTo(EXPECTED, 0.01);
    }
}
