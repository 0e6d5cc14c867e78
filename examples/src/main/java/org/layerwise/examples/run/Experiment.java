package org.layerwise.examples.run;

import java.util.List;
import java.util.Optional;
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

    /** Data type of its networks, in words. */
    default String precision() {
        return "double precision";
    }

    /** The experiment that the finished table of this one calls for; it runs next and stands before it in the report. */
    default Optional<Experiment> next(ResultTable results) {
        return Optional.empty();
    }

    /** Whether its cells measure time and so run one after the other, whatever number of threads was asked for. */
    default boolean timed() {
        return false;
    }
}
