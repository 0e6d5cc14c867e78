package org.layerwise.examples.linear.curves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.Method;

final class LinearSettingsTest {
    @Test
    void rangesAreChecked() {
        LinearSettings settings = LinearSettings.quick();

        assertThatThrownBy(() -> settings.withSeeds(0)).hasMessage("seeds is 0: must be in [1, 1000]");
        assertThatThrownBy(() -> settings.withKappas(List.of(Double.NaN))).hasMessageContaining("kappa is [NaN]");
        assertThatThrownBy(() -> settings.withKappas(List.of())).hasMessageContaining("kappa");
        assertThatThrownBy(() -> settings.withContenders(List.of())).hasMessageContaining("methods");
        assertThatThrownBy(() -> new Contender(Method.SGD, 0)).hasMessageContaining("SGD is 0.0");
        assertThatThrownBy(() -> new Dampings(-1, 1, 1)).hasMessage("Damping inputs = -1.0: must be >= 0");
        assertThatThrownBy(() -> new Dimensions(4, 2, 3, 10)).hasMessageContaining("hidden=3");
    }

    @Test
    void fullMatrixMethodsHaveTheirOwnBudget() {
        LinearSettings settings = LinearSettings.quick()
                .withKappas(List.of(1.0, 10.0))
                .withContenders(List.of(new Contender(Method.SGD, .01), new Contender(Method.NGD, .01)));
        LinearSettings.Budget budget = settings.fullMatrix();

        long perKappa = 3L * 300 + (long) budget.seeds() * budget.iterations();

        assertThat(settings.totalSteps()).isEqualTo(2 * perKappa);
    }

    @Test
    void labelsNameMethodAndRate() {
        assertThat(new Contender(Method.ADAM, .03).label()).isEqualTo("Adam 0.03");
        assertThat(new Contender(Method.SGD, 1).label()).isEqualTo("SGD 1");
    }

    @Test
    void everyReferenceBelongsToAMethod() {
        List<String> ids = Arrays.stream(Method.values()).map(Method::id).toList();

        assertThat(Reference.all()).hasSizeGreaterThan(40).allMatch(r -> ids.contains(r.method()));
    }
}
