package org.layerwise.internal.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.internal.Require;

class RequireTest {
    @Test
    void argumentAndState_false_throwTheFormattedMessage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.argument(false, "found %s, expected %s", 1, 2))
                .withMessage("found 1, expected 2");
        assertThatIllegalStateException()
                .isThrownBy(() -> Require.state(false, "found %s", 1))
                .withMessage("found 1");
    }

    @Test
    void argument_true_doesNotFormat() {
        boolean[] formatted = {false};
        Object spy = new Object() {
            @Override
            public String toString() {
                formatted[0] = true;
                return "";
            }
        };

        Require.argument(true, "%s", spy);
        Require.state(true, "%s", spy);

        assertThat(formatted[0]).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1e-300, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void nonNegative_outOfRange_namesSettingAndValue(double value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.nonNegative(value, "lambda"))
                .withMessageContaining("lambda")
                .withMessageContaining(String.valueOf(value));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void positive_outOfRange_namesSettingAndValue(double value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Require.positive(value, "kappa"))
                .withMessageContaining("kappa")
                .withMessageContaining(String.valueOf(value));
    }

    @Test
    void ranges_inside_returnTheValue() {
        assertThat(Require.nonNegative(0, "lambda")).isZero();
        assertThat(Require.positive(Double.MIN_VALUE, "kappa")).isEqualTo(Double.MIN_VALUE);
        assertThat(Require.nonNegative(Double.MAX_VALUE, "lambda")).isEqualTo(Double.MAX_VALUE);
    }
}
