package org.layerwise.examples.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;

/** Runs of experiments without a folder. */
public final class InMemory {
    private InMemory() {}

    /** The rows of all cells, in their order. */
    public static ResultTable table(Experiment experiment) {
        List<Row> rows = experiment.cells().stream()
                .parallel()
                .flatMap(cell -> cell.computation().rows().stream())
                .toList();
        return new ResultTable(experiment.columns(), rows);
    }

    /** The section of a table that was written and read; it must equal that of the table itself. */
    public static Section sectionThroughAFile(Experiment experiment, ResultTable table, Path folder)
            throws IOException {
        table.write(folder.resolve("rows.csv"));
        Section section = experiment.section(ResultTable.read(folder.resolve("rows.csv")));
        Section expected = experiment.section(table);
        assertThat(section.claims()).isEqualTo(expected.claims());
        assertThat(section.figures()).isEqualTo(expected.figures());
        assertThat(section.claims()).extracting(Claim::id).doesNotHaveDuplicates();
        return section;
    }
}
