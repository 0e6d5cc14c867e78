package org.layerwise.examples.report;

/** How the points of a curve are drawn. */
public enum Mark {
    /** A line through the points, with a band from low to high. */
    LINE,
    /** A dot per point, with an error bar from low to high: measurements beside theory. */
    DOTS,
    /** Filled columns down to the axis, centred on the points, which are equally spaced: a histogram. */
    COLUMNS
}
