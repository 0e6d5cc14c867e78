package org.layerwise.examples.run;

import java.util.List;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;

/** Independent cells whose rows make one table, and what the table says. */
public interface Experiment {
    /** Name on the command line and of its files, such as "linear-representation". */
    String name();

    /** Columns of its rows. */
    List<String> columns();

    /** What has to be computed. */
    List<Cell> cells();

    /** Figures, tables and claims of the finished table; depends on nothing else. */
    Section section(ResultTable results);
}
