package org.layerwise.examples.report;

import java.awt.BasicStroke;
import java.util.List;

/**
 * How a line is drawn. Colour tells the method; the style tells learning rates and theory apart.
 *
 * @param width in points
 * @param dashes lengths of dashes and gaps in points; empty for a solid line
 */
public record LineStyle(float width, List<Float> dashes) {
    /** Theory. */
    public static final LineStyle DOTTED = new LineStyle(1.6f, List.of(1.6f, 3.5f));

    private static final List<LineStyle> RATES = List.of(
            new LineStyle(2.2f, List.of()),
            new LineStyle(2.2f, List.of(9f, 5f)),
            new LineStyle(2.2f, List.of(10f, 4f, 2f, 4f)));

    /** Freezes the dashes. */
    public LineStyle {
        dashes = List.copyOf(dashes);
    }

    /** Style of the measured line of the {@code index}-th learning rate of a method: solid, dashed, dash-dotted. */
    public static LineStyle ofRate(int index) {
        return RATES.get(Math.min(index, RATES.size() - 1));
    }

    /** As {@link #ofRate}; AdamW, which follows Adam closely, is always dash-dotted so that Adam's line shows. */
    public static LineStyle of(String method, int rate) {
        return ofRate(method.equals("adamw") ? RATES.size() - 1 : rate);
    }

    BasicStroke stroke() {
        if (dashes.isEmpty()) {
            return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
        }
        float[] pattern = new float[dashes.size()];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = dashes.get(i);
        }
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, pattern, 0);
    }
}
