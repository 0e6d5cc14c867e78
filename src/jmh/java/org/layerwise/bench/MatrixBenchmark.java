package org.layerwise.bench;

import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does the update of one weight matrix cost, part by part, and what do the matrix products alone cost that the method is
 * made of? "+" marks work that the defaults amortise over many steps, done here at every step.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MatrixBenchmark {
    private static final Period ONCE = Period.at(1);
    private static final Period ALWAYS = Period.every(1);

    private static final Map<String, Supplier<LayerwiseUpdater<?>>> PARTS = Map.of(
            "muon", Muon::new,
            "soap", () -> soap(ONCE, ONCE),
            "soap+statistics", () -> soap(ALWAYS, ONCE),
            "soap+refresh", () -> soap(ALWAYS, ALWAYS),
            "shampoo", () -> shampoo(ONCE, ONCE),
            "shampoo+statistics", () -> shampoo(ALWAYS, ONCE),
            "shampoo+roots", () -> shampoo(ALWAYS, ALWAYS),
            "psgd", () -> PsgdKron.builder().updates(ONCE).build(),
            "psgd+update", () -> PsgdKron.builder().updates(ALWAYS).build());

    private static Soap soap(Period statistics, Period refresh) {
        return Soap.builder()
                .statistics(statistics)
                .refresh(refresh)
                .spreadRefreshes(false)
                .build();
    }

    private static Shampoo shampoo(Period statistics, Period roots) {
        return Shampoo.builder().statistics(statistics).refresh(roots).build();
    }

    @Param({"784x512", "512x512"})
    String matrix;

    @Param({
        "adam",
        "muon",
        "soap",
        "soap+statistics",
        "soap+refresh",
        "shampoo",
        "shampoo+statistics",
        "shampoo+roots",
        "psgd",
        "psgd+update"
    })
    String part;

    private int rows;
    private int columns;
    private INDArray gradient;
    private INDArray update;
    private INDArray square;
    private INDArray half;
    private INDArray other;
    private GradientUpdater<?> updater;
    private int iteration;

    @Setup
    public void setup() {
        rows = Integer.parseInt(matrix.substring(0, matrix.indexOf('x')));
        columns = Integer.parseInt(matrix.substring(matrix.indexOf('x') + 1));
        long length = (long) rows * columns;
        gradient = Nd4j.randn(DataType.FLOAT, length);
        update = gradient.dup();
        square = Nd4j.rand(DataType.FLOAT, (long) rows * rows);
        half = Nd4j.createUninitialized(DataType.FLOAT, length);
        other = Nd4j.createUninitialized(DataType.FLOAT, length);
        if (part.equals("adam")) {
            updater = new Adam(1e-4).instantiate(Nd4j.create(DataType.FLOAT, 2 * length), true);
            return;
        }
        Matrix weights = Matrix.contiguous("W", 0, rows, columns, Role.HIDDEN, 1);
        BlockConfiguration bound = PARTS.get(part).get().bind(ParameterLayout.of("layer", List.of(weights)));
        updater = bound.instantiate(Nd4j.create(DataType.FLOAT, bound.stateSize(length)), true);
        long flops = Objects.requireNonNull(bound.settings().method(weights)).flops(weights);
        System.out.printf(
                "%s %s: %.0f MFLOP, %d elements of state per weight%n",
                part, matrix, flops / 1e6, bound.stateSize(length) / length);
    }

    @Benchmark
    public INDArray update() {
        update.assign(gradient);
        updater.applyUpdater(update, iteration++, 0);
        return update;
    }

    /** The products of the method without anything else; nothing for Adam. */
    @Benchmark
    public INDArray products() {
        if (part.startsWith("muon")) {
            newtonSchulz();
        } else if (part.startsWith("soap")) {
            blocks(64, 4);
        } else if (part.startsWith("shampoo")) {
            blocks(128, 2);
        } else if (part.startsWith("psgd")) {
            blocks(64, 2);
        }
        return other;
    }

    private void newtonSchulz() {
        int m = Math.min(rows, columns);
        int n = Math.max(rows, columns);
        for (int i = 0; i < 5; i++) {
            gemm(m, m, n, gradient, 0, m, gradient, 0, n, square, 0, m);
            gemm(m, m, m, square, 0, m, square, 0, m, half, 0, m);
            gemm(m, n, m, half, 0, m, gradient, 0, m, other, 0, m);
        }
    }

    /** From the left and from the right on every block. */
    private void blocks(int size, int products) {
        for (int j = 0; j < columns; j += size) {
            for (int i = 0; i < rows; i += size) {
                int height = Math.min(size, rows - i);
                int width = Math.min(size, columns - j);
                long at = i + (long) j * rows;
                for (int k = 0; k < products; k += 2) {
                    gemm(height, width, height, square, 0, height, gradient, at, rows, half, at, rows);
                    gemm(height, width, width, half, at, rows, square, 0, width, other, at, rows);
                }
            }
        }
    }

    private static void gemm(
            int m,
            int n,
            int k,
            INDArray a,
            long ofA,
            int lda,
            INDArray b,
            long ofB,
            int ldb,
            INDArray c,
            long ofC,
            int ldc) {
        cblas_sgemm(102, 111, 111, m, n, k, 1, at(a, ofA), lda, at(b, ofB), ldb, 0, at(c, ofC), ldc);
    }

    private static FloatPointer at(INDArray array, long offset) {
        return new FloatPointer(array.data().addressPointer()).position(offset);
    }
}
