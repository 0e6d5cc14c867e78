package org.layerwise.examples.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/**
 * Rows with named columns, as a comma separated file with one header line.
 *
 * @param columns names in the order of the cells
 * @param rows one cell per column
 */
public record ResultTable(List<String> columns, List<Row> rows) {
    /** Freezes the lists and checks that every row fits. */
    public ResultTable {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        for (Row row : rows) {
            if (row.cells().size() != columns.size()) {
                throw new IllegalArgumentException("Row " + row.cells() + " has "
                        + row.cells().size() + " cells: the table has " + columns.size() + " columns " + columns);
            }
        }
    }

    /** Text of one cell. */
    public String text(Row row, String column) {
        return row.cells().get(index(column));
    }

    /** Number of one cell; NaN if it is empty. */
    public double number(Row row, String column) {
        String text = text(row, column);
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }

    /** Rows that meet a condition. */
    public ResultTable where(Predicate<Row> condition) {
        return new ResultTable(columns, rows.stream().filter(condition).toList());
    }

    /** Rows whose cell of {@code column} reads {@code value}. */
    public ResultTable where(String column, Object value) {
        int index = index(column);
        String text = String.valueOf(value);
        return where(row -> row.cells().get(index).equals(text));
    }

    /** All numbers of a column, in the order of the rows. */
    public double[] numbers(String column) {
        return rows.stream().mapToDouble(row -> number(row, column)).toArray();
    }

    /** The distinct numbers of a column, in the order of appearance. */
    public List<Double> distinctNumbers(String column) {
        return distinct(column).stream().map(Double::valueOf).toList();
    }

    /** The distinct texts of a column, in the order of appearance. */
    public List<String> distinct(String column) {
        int index = index(column);
        return rows.stream().map(row -> row.cells().get(index)).distinct().toList();
    }

    /** Writes the table; {@code target} is never seen half written. */
    public void write(Path target) throws IOException {
        AtomicFiles.write(target, this::print);
    }

    /**
     * Reads a file that {@link #write} wrote.
     *
     * @throws IOException if it cannot be read or is no such file
     */
    public static ResultTable read(Path source) throws IOException {
        try (Reader reader = Files.newBufferedReader(source)) {
            return read(reader, source.toString());
        }
    }

    /** A table that lies as file {@code name} beside the class {@code owner} on the class path. */
    public static ResultTable resource(Class<?> owner, String name) {
        try (InputStream in = owner.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("It is missing from the examples jar: rebuild it");
            }
            return read(new InputStreamReader(in, StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new UncheckedIOException("Resource " + name + " of " + owner.getName() + " cannot be read", e);
        }
    }

    private static ResultTable read(Reader reader, String source) throws IOException {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (var parser = format.parse(reader)) {
            List<Row> rows = new ArrayList<>();
            for (CSVRecord line : parser) {
                rows.add(new Row(List.of(line.values())));
            }
            return new ResultTable(parser.getHeaderNames(), rows);
        } catch (IllegalArgumentException e) {
            throw new IOException(source + " is not a table of results: " + e.getMessage(), e);
        }
    }

    private void print(OutputStream out) throws IOException {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader(columns.toArray(String[]::new))
                .setRecordSeparator('\n')
                .get();
        CSVPrinter printer =
                new CSVPrinter(new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8)), format);
        for (Row row : rows) {
            printer.printRecord(row.cells());
        }
        printer.flush();
    }

    private int index(String column) {
        int index = columns.indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException("Column '" + column + "' is missing: the table has " + columns);
        }
        return index;
    }
}
