package org.layerwise.examples.report;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of results: numbers and names, in the order of an experiment's columns. Numbers are kept as text that reads
 * back to the same double, so that results from a file equal those just computed.
 *
 * @param cells one per column
 */
public record Row(List<String> cells) {
    /** Freezes the cells. */
    public Row {
        cells = List.copyOf(cells);
    }

    /** A row of numbers and text; numbers are printed so that they read back unchanged. */
    public static Row of(Object... values) {
        List<String> cells = new ArrayList<>();
        for (Object value : values) {
            cells.add(String.valueOf(value));
        }
        return new Row(cells);
    }
}
