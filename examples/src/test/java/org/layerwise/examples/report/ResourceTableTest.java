package org.layerwise.examples.report;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

final class ResourceTableTest {
    @Test
    void missingResourcesAreNamed() {
        assertThatThrownBy(() -> ResultTable.resource(ResourceTableTest.class, "no.csv"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("Resource no.csv of " + ResourceTableTest.class.getName());
    }
}
