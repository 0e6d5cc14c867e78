package org.layerwise.bench;

import static org.bytedeco.openblas.global.openblas.*;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.layerwise.internal.curvature.BatchStatistics;
import org.layerwise.internal.precondition.KroneckerMethod;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Damping;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.settings.Sides;
import org.layerwise.testing.MethodSteps;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
 * How do the parts of K-FAC on one layer [dA, dG] compare with the raw BLAS and LAPACK calls that they are made of?
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class PartsBenchmark {
    private static final int BATCH = 1024;

    @Param({"784x512", "512x512"})
    String layer;

    private int a;
    private int g;
    private INDArray x;
    private INDArray delta;
    private INDArray d;
    private INDArray v;
    private INDArray square;
    private INDArray spd;
    private INDArray spdG;
    private BatchStatistics statistics;
    private Layer absorbing;
    private Layer refreshing;

    /** A method with its state. */
    private record Layer(KroneckerMethod method, MethodSteps context) {
        static Layer of(Matrix matrix, Period refresh) {
            KroneckerMethod.Rules rules = new KroneckerMethod.Rules(
                    Sides.BOTH, Damping.factored(1e-2), 0.95, Period.every(1), refresh, false);
            KroneckerMethod method = new KroneckerMethod(rules, matrix);
            return new Layer(method, MethodSteps.start(method, matrix, DataType.FLOAT, true));
        }

        /** Takes in what there is, then refreshes if that is due. */
        void absorb(BatchStatistics samples) {
            context.observe(samples);
            method.absorb(context);
            context.countStep();
        }
    }

    @Setup
    public void setup() {
        int nIn = Integer.parseInt(layer.substring(0, layer.indexOf('x')));
        g = Integer.parseInt(layer.substring(layer.indexOf('x') + 1));
        a = nIn + 1;
        x = Nd4j.rand(DataType.FLOAT, BATCH, nIn);
        delta = Nd4j.randn(DataType.FLOAT, BATCH, g);
        d = Nd4j.randn(DataType.FLOAT, a, g).dup('f');
        v = d.dup('f');
        Matrix matrix = Matrix.contiguous("W", 0, nIn, g, Role.HIDDEN, 1).withBias((long) nIn * g);
        absorbing = Layer.of(matrix, Period.at(1));
        refreshing = Layer.of(matrix, Period.every(1));
        statistics = (BatchStatistics) absorbing.method.statistics(matrix, DataType.FLOAT);
        for (int i = 0; i < 3; i++) { // the first two refresh in any case
            fill();
            absorbing.absorb(statistics);
        }
        fill();
        refreshing.absorb(statistics);
        spd = spd(a);
        spdG = spd(g);
        square = Nd4j.createUninitialized(DataType.FLOAT, new long[] {a, a}, 'f');
    }

    private static INDArray spd(int n) {
        INDArray m = Nd4j.rand(DataType.FLOAT, n, n);
        return m.mmul(m.transpose()).addi(Nd4j.eye(n).muli(n)).dup('f');
    }

    private void fill() {
        statistics.clear();
        statistics.addInput(x, 1.0 / BATCH);
        statistics.addOutput(delta, 1.0 / BATCH);
    }

    @Benchmark
    public BatchStatistics statistics() {
        fill();
        absorbing.absorb(statistics);
        return statistics;
    }

    @Benchmark
    public int statisticsRawSyrk() {
        cblas_ssyrk(102, 122, 111, a - 1, BATCH, 1, at(x), a - 1, 0, at(square), a);
        cblas_ssyrk(102, 122, 111, g, BATCH, 1, at(delta), g, 0, at(square), a);
        return a;
    }

    @Benchmark
    public KroneckerMethod refresh() {
        refreshing.absorb(null);
        return refreshing.method;
    }

    @Benchmark
    public int refreshRawLapack() {
        return inverse(spd, a) + inverse(spdG, g);
    }

    private int inverse(INDArray from, int n) {
        FloatPointer target = at(square);
        LAPACKE_slacpy(LAPACK_COL_MAJOR, (byte) 'A', n, n, at(from), n, target, n);
        return LAPACKE_spotrf(LAPACK_COL_MAJOR, (byte) 'U', n, target, n)
                + LAPACKE_spotri(LAPACK_COL_MAJOR, (byte) 'U', n, target, n);
    }

    @Benchmark
    public double apply() {
        return refreshing.method.step(d, v, refreshing.context);
    }

    @Benchmark
    public int applyRawGemm() {
        cblas_sgemm(102, 111, 111, a, g, g, 1, at(d), a, at(spdG), g, 0, at(square), a);
        cblas_sgemm(102, 111, 111, a, g, a, 1, at(spd), a, at(square), a, 0, at(v), a);
        return a;
    }

    private static FloatPointer at(INDArray array) {
        return new FloatPointer(array.data().addressPointer());
    }
}
