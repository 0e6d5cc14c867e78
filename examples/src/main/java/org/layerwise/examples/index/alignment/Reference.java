package org.layerwise.examples.index.alignment;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.index.Teacher;

/**
 * Simulated values of an independent replication (NumPy, dX=300, dh=400, noise .3, up to 40 batches).
 * They are not values of the paper.
 *
 * @param situation where
 * @param contender who
 * @param identity mean rho_I^2
 * @param covariance mean rho_Sigma^2; NaN if not recorded
 */
record Reference(Situation situation, Contender contender, double identity, double covariance) {
    private static final String RESOURCE = "reference.csv";

    /** All values, in the order of the file. */
    static List<Reference> all() {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        List<Reference> values = new ArrayList<>();
        try (Reader reader = open()) {
            for (CSVRecord line : format.parse(reader)) {
                values.add(parse(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Resource " + RESOURCE + " of the examples jar cannot be read", e);
        }
        return values;
    }

    double of(Metric metric) {
        return metric == Metric.IDENTITY ? identity : covariance;
    }

    private static Reader open() throws IOException {
        InputStream in = Reference.class.getResourceAsStream(RESOURCE);
        if (in == null) {
            throw new IOException("Resource " + RESOURCE + " is missing from the examples jar: rebuild it");
        }
        return new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    private static Reference parse(CSVRecord line) {
        Situation situation = new Situation(
                Teacher.of(line.get("teacher")),
                number(line, "kappa"),
                number(line, "ratio"),
                Orientation.valueOf(line.get("orientation").toUpperCase(Locale.ROOT)));
        return new Reference(
                situation,
                new Contender(FirstStep.of(line.get("method")), number(line, "damping")),
                number(line, "rho_identity"),
                number(line, "rho_covariance"));
    }

    private static double number(CSVRecord line, String column) {
        String text = line.get(column);
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }
}
