package org.layerwise.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class CapturedLogTest {
    private static final Logger ours = LoggerFactory.getLogger(CapturedLogTest.class);
    private static final Logger theirs = LoggerFactory.getLogger("com.example.Other");

    @Test
    void warnings_ofOurClassesWhileOpen_areFound() {
        PrintStream before = System.err;
        try (CapturedLog log = CapturedLog.open()) {
            ours.warn("Layer one\nand layer two");
            ours.warn("something else");
            ours.info("information about a layer");
            theirs.warn("a foreign layer");
            assertThat(log.warnings("LAYER")).containsExactly("Layer one\nand layer two");
            assertThat(log.warnings("")).hasSize(2);
        }
        assertThat(System.err).isSameAs(before);
    }
}
