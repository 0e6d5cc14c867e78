package org.layerwise.examples.report;

import java.util.List;

/**
 * One coordinate system with a linear x and a logarithmic y axis.
 *
 * @param title above the panel
 * @param xLabel below the panel
 * @param curves in drawing order
 */
public record Panel(String title, String xLabel, List<Curve> curves) {
    /** Freezes the list. */
    public Panel {
        curves = List.copyOf(curves);
    }
}
