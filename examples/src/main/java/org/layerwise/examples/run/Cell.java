package org.layerwise.examples.run;

import java.util.List;
import org.layerwise.examples.report.Row;

/**
 * An independent piece of an experiment: computed at most once, kept on disk, skipped when the run is continued.
 *
 * @param id a few words for progress and file name, unique within the experiment, such as "kappa 100, seed 1"
 * @param parameters everything the rows depend on, as text; a cell on disk is used again only if it is equal
 * @param cost expected work, positive, in units of one training step of the linear model (some milliseconds); drives the
 *     progress bar
 * @param computation makes the rows; may run on any thread
 */
public record Cell(String id, String parameters, long cost, Computation computation) {
    /** Work of a cell. */
    @FunctionalInterface
    public interface Computation {
        /** The rows, one cell per column of the experiment; the same at every call. */
        List<Row> rows();
    }
}
