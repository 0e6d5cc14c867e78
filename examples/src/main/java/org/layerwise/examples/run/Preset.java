package org.layerwise.examples.run;

/** Sizes of the experiments. */
public enum Preset {
    /** Seconds: small problems and few seeds; the tests run it. */
    SMALL,
    /** Minutes on two cores. */
    QUICK,
    /** At least ten seeds, the whole grids; the benchmark has five seeds of long runs. */
    FULL
}
