package org.layerwise.examples.linear.curves;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.layerwise.examples.linear.Contender;

/**
 * Values of an independent replication of the experiment (NumPy, dX=100, dY=15, dh=8, n=1024, noise .1, medians of three
 * seeds, two digits). They are not values of the paper.
 *
 * @param kappa condition number
 * @param method id of the method
 * @param learningRate eta
 * @param iteration steps taken
 * @param trainLoss NaN if not recorded
 * @param subspaceDistance NaN if not recorded
 * @param transferLoss NaN if not recorded
 */
record Reference(
        double kappa,
        String method,
        double learningRate,
        int iteration,
        double trainLoss,
        double subspaceDistance,
        double transferLoss) {
    private static final String RESOURCE = "reference.csv";

    /** All values, in the order of the file. */
    static List<Reference> all() {
        List<Reference> values = new ArrayList<>();
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (Reader reader = open()) {
            for (CSVRecord line : format.parse(reader)) {
                values.add(parse(line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Resource " + RESOURCE + " of the examples jar cannot be read", e);
        }
        return values;
    }

    /** Whether this is a value of {@code contender} at {@code kappa}. */
    boolean isOf(Contender contender, double otherKappa) {
        return method.equals(contender.method().id())
                && learningRate == contender.learningRate()
                && kappa == otherKappa;
    }

    private static Reader open() throws IOException {
        InputStream in = Reference.class.getResourceAsStream(RESOURCE);
        if (in == null) {
            throw new IOException("Resource " + RESOURCE + " is missing from the examples jar: rebuild it");
        }
        return new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    private static Reference parse(CSVRecord line) {
        return new Reference(
                number(line, "kappa"),
                line.get("method"),
                number(line, "learning_rate"),
                Integer.parseInt(line.get("iteration")),
                number(line, "train_loss"),
                number(line, "subspace_distance"),
                number(line, "transfer_loss"));
    }

    private static double number(CSVRecord line, String column) {
        String text = line.get(column);
        return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    }
}
