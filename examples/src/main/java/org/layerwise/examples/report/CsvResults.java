package org.layerwise.examples.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/** The result file: comma separated, one header line, numbers that read back to the same double. */
public final class CsvResults {
    /** Columns in the order of the file. */
    public static final List<String> COLUMNS = List.of(
            "experiment",
            "method",
            "learning_rate",
            "kappa",
            "seed",
            "iteration",
            "train_loss",
            "subspace_distance",
            "transfer_loss");

    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setHeader(COLUMNS.toArray(String[]::new))
            .setRecordSeparator('\n')
            .get();
    private static final CSVFormat WITH_HEADER =
            FORMAT.builder().setSkipHeaderRecord(true).get();

    private CsvResults() {}

    /** Writes all rows; {@code target} is never seen half written. */
    public static void write(Path target, Iterable<ResultRow> rows) throws IOException {
        AtomicFiles.write(target, out -> print(out, rows));
    }

    /** Reads a file that {@link #write} wrote. */
    public static List<ResultRow> read(Path source) throws IOException {
        List<ResultRow> rows = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(source)) {
            for (CSVRecord line : WITH_HEADER.parse(reader)) {
                rows.add(row(line));
            }
        }
        return rows;
    }

    private static void print(OutputStream out, Iterable<ResultRow> rows) throws IOException {
        CSVPrinter printer =
                new CSVPrinter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)), FORMAT);
        for (ResultRow row : rows) {
            printer.printRecord(
                    row.experiment(),
                    row.method(),
                    row.learningRate(),
                    row.kappa(),
                    row.seed(),
                    row.iteration(),
                    row.trainLoss(),
                    row.subspaceDistance(),
                    row.transferLoss());
        }
        printer.flush();
    }

    private static ResultRow row(CSVRecord line) {
        return new ResultRow(
                line.get("experiment"),
                line.get("method"),
                Double.parseDouble(line.get("learning_rate")),
                Double.parseDouble(line.get("kappa")),
                Long.parseLong(line.get("seed")),
                Integer.parseInt(line.get("iteration")),
                Double.parseDouble(line.get("train_loss")),
                Double.parseDouble(line.get("subspace_distance")),
                Double.parseDouble(line.get("transfer_loss")));
    }
}
