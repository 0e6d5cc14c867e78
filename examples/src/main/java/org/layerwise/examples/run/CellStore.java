package org.layerwise.examples.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finished cells on disk, one complete file each. The file name carries a fingerprint of the cell's parameters and of
 * the columns: a cell with other settings has another file.
 *
 * @param folder where they lie
 */
record CellStore(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(CellStore.class);

    /** Raised whenever the computation behind equal parameters changes. */
    private static final int VERSION = 2;

    /** Rows of a finished cell; empty if it has to be computed. */
    Optional<List<Row>> load(Experiment experiment, Cell cell) {
        Path file = file(experiment, cell);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ResultTable.read(file).rows());
        } catch (IOException e) {
            LOG.warn("{} cannot be read and is computed again: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    /** Keeps the rows of a finished cell. */
    void save(Experiment experiment, Cell cell, List<Row> rows) throws IOException {
        new ResultTable(experiment.columns(), rows).write(file(experiment, cell));
    }

    private Path file(Experiment experiment, Cell cell) {
        String words = cell.id().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-");
        String print = fingerprint(VERSION + "\n" + experiment.columns() + "\n" + cell.id() + "\n" + cell.parameters());
        return folder.resolve(experiment.name()).resolve(words + "-" + print + ".csv");
    }

    private static String fingerprint(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
