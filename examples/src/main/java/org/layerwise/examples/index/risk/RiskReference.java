package org.layerwise.examples.index.risk;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Excess risks of an independent replication of the experiment (NumPy, {@link RiskSizes#REFERENCE}, label noise .3,
 * damping .1, best step size and penalty, two or three digits). They are not values of the paper.
 */
final class RiskReference {
    private static final String RESOURCE = "reference.csv";

    private final List<CSVRecord> lines;

    private RiskReference(List<CSVRecord> lines) {
        this.lines = lines;
    }

    /** All values. */
    static RiskReference load() {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (InputStream in = RiskReference.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("Resource " + RESOURCE + " is missing from the examples jar: rebuild it");
            }
            try (CSVParser parser = CSVParser.parse(in, StandardCharsets.UTF_8, format)) {
                return new RiskReference(parser.getRecords());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Resource " + RESOURCE + " of the examples jar cannot be read", e);
        }
    }

    /** The value of a method or baseline; empty if there is none. */
    OptionalDouble risk(double kappa, String teacher, String method) {
        return lines.stream()
                .filter(line -> Double.parseDouble(line.get("kappa")) == kappa
                        && line.get("teacher").equals(teacher)
                        && line.get("method").equals(method))
                .mapToDouble(line -> Double.parseDouble(line.get("excess_risk")))
                .findFirst();
    }
}
