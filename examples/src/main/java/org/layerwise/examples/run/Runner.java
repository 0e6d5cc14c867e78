package org.layerwise.examples.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;

/**
 * Runs the cells of experiments on a few threads and keeps what is finished, so that an interrupted run continues where
 * it stopped. The results do not depend on the number of threads.
 */
public final class Runner {
    private final CellStore store;
    private final int threads;
    private final ProgressListener listener;
    private long done;

    /**
     * A runner.
     *
     * @param folder of the finished cells
     * @param threads cells at a time, at least 1
     * @param listener told of progress in units of {@link Cell#cost()}
     */
    public Runner(Path folder, int threads, ProgressListener listener) {
        this.store = new CellStore(folder);
        this.threads = threads;
        this.listener = listener;
    }

    /** An experiment with all its rows. */
    public record Finished(Experiment experiment, ResultTable table) {}

    /** Cost of all cells together. */
    public static long totalCost(List<? extends Experiment> experiments) {
        return experiments.stream()
                .flatMap(e -> e.cells().stream())
                .mapToLong(Cell::cost)
                .sum();
    }

    /**
     * Runs every experiment; the tables are in their order.
     *
     * @throws IllegalStateException if a cell fails, with its name; the cells finished so far are kept
     */
    public List<Finished> run(List<? extends Experiment> experiments) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Started> started = new ArrayList<>();
            for (Experiment experiment : experiments) {
                started.add(start(experiment, pool));
            }
            return started.stream().map(Runner::finish).toList();
        } finally {
            pool.shutdownNow();
        }
    }

    private record Started(Experiment experiment, List<Pending> cells) {}

    private record Pending(Cell cell, Future<List<Row>> rows) {}

    private Started start(Experiment experiment, ExecutorService pool) {
        List<Pending> cells = new ArrayList<>();
        for (Cell cell : distinct(experiment)) {
            cells.add(new Pending(cell, pool.submit(() -> rows(experiment, cell))));
        }
        return new Started(experiment, cells);
    }

    private List<Row> rows(Experiment experiment, Cell cell) throws IOException {
        var kept = store.load(experiment, cell);
        List<Row> rows;
        if (kept.isPresent()) {
            rows = kept.get();
        } else {
            rows = cell.computation().rows();
            store.save(experiment, cell, rows);
        }
        report(experiment, cell);
        return rows;
    }

    private synchronized void report(Experiment experiment, Cell cell) {
        done += cell.cost();
        listener.progress(done, experiment.name() + ": " + cell.id());
    }

    private static Finished finish(Started started) {
        Experiment experiment = started.experiment;
        List<Row> rows = new ArrayList<>();
        for (Pending pending : started.cells) {
            rows.addAll(await(experiment, pending));
        }
        return new Finished(experiment, new ResultTable(experiment.columns(), rows));
    }

    private static List<Row> await(Experiment experiment, Pending pending) {
        String name = experiment.name() + ", cell '" + pending.cell.id() + "'";
        try {
            return pending.rows.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    name + " failed: " + e.getCause() + ". Finished cells are kept: run the same command to continue",
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + " was interrupted; finished cells are kept", e);
        }
    }

    /** The cells, checked to have different names: they share a folder. */
    private static List<Cell> distinct(Experiment experiment) {
        Map<String, Cell> cells = new HashMap<>();
        for (Cell cell : experiment.cells()) {
            if (cells.put(cell.id(), cell) != null) {
                throw new IllegalArgumentException(
                        "Experiment " + experiment.name() + " has two cells named '" + cell.id() + "'");
            }
        }
        return experiment.cells();
    }
}
