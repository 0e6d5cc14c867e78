package org.layerwise.precondition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailuresTest {
    /** Only a layer has an attachment to ask. */
    @Test
    void warning_withAndWithoutAttachment_saysWhoCounts() {
        Diagnostics counters = new Diagnostics();
        assertThat(new Failures("Layer layer0, parameter W", false, counters).warning("it broke"))
                .isEqualTo("Layer layer0, parameter W: it broke. Said once; Attachment.diagnostics() counts.");
        assertThat(new Failures("A SameDiff variable of shape [3]", false, counters, false).warning("it broke"))
                .isEqualTo("A SameDiff variable of shape [3]: it broke. Said once.");
    }
}
