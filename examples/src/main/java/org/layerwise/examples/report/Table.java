package org.layerwise.examples.report;

import java.util.ArrayList;
import java.util.List;

/** A table of text under construction. */
public final class Table implements Block {
    private final List<String> columns;
    private final List<Row> rows = new ArrayList<>();

    /** A row; marked rows stand out. */
    record Row(List<String> cells, boolean marked) {}

    /** An empty table with these column heads. */
    public Table(String... columns) {
        this.columns = List.of(columns);
    }

    /** Adds a row with one cell per column. */
    public Table row(String... cells) {
        return add(false, cells);
    }

    /** Adds a row that stands out. */
    public Table markedRow(String... cells) {
        return add(true, cells);
    }

    /** Whether there are no rows. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    List<String> columns() {
        return columns;
    }

    List<Row> rows() {
        return rows;
    }

    private Table add(boolean marked, String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "Row has " + cells.length + " cells: the table has " + columns.size() + " columns " + columns);
        }
        rows.add(new Row(List.of(cells), marked));
        return this;
    }
}
