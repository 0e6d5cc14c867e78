package org.layerwise.integration;

import java.util.EnumSet;
import java.util.Set;

/** What the parameters of a network are, as far as updaters tell them apart. */
enum Part {
    DENSE,
    DENSE_BIAS,
    KERNELS,
    KERNEL_BIAS,
    GATES,
    GATE_BIAS,
    OUTPUT,
    OUTPUT_BIAS,
    SEQUENCE_OUTPUT,
    SEQUENCE_OUTPUT_BIAS;

    /** All that samples are taken of: weights and bias in one matrix. */
    static final Set<Part> SAMPLED = EnumSet.complementOf(EnumSet.of(GATES, GATE_BIAS));

    static final Set<Part> HIDDEN_MATRICES = EnumSet.of(DENSE, KERNELS, GATES);
    static final Set<Part> MATRICES = EnumSet.of(DENSE, KERNELS, GATES, OUTPUT, SEQUENCE_OUTPUT);
    static final Set<Part> ALL = EnumSet.allOf(Part.class);
}
