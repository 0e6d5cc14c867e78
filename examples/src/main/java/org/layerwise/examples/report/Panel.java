package org.layerwise.examples.report;

import java.util.List;

/**
 * One coordinate system.
 *
 * @param title above the panel
 * @param x horizontal axis
 * @param y vertical axis
 * @param curves in drawing order
 */
public record Panel(String title, Axis x, Axis y, List<Curve> curves) {
    /** Freezes the list. */
    public Panel {
        curves = List.copyOf(curves);
    }
}
