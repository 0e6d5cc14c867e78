package org.layerwise.bench;

import static org.bytedeco.openblas.global.openblas.*;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.layerwise.curvature.BatchStatistics;
import org.layerwise.curvature.Damping;
import org.layerwise.curvature.Sides;
import org.layerwise.linalg.Kernels;
import org.layerwise.precondition.Diagnostics;
import org.layerwise.precondition.KroneckerPreconditioner;
import org.layerwise.precondition.KroneckerState;
import org.layerwise.precondition.Scratch;
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
    private KroneckerPreconditioner preconditioner;

    @Setup
    public void setup() {
        int nIn = Integer.parseInt(layer.substring(0, layer.indexOf('x')));
        g = Integer.parseInt(layer.substring(layer.indexOf('x') + 1));
        a = nIn + 1;
        x = Nd4j.rand(DataType.FLOAT, BATCH, nIn);
        delta = Nd4j.randn(DataType.FLOAT, BATCH, g);
        d = Nd4j.randn(DataType.FLOAT, a, g).dup('f');
        v = d.dup('f');
        KroneckerState.Contents contents = new KroneckerState.Contents(Sides.BOTH, a, g, false, true);
        INDArray view = Nd4j.create(DataType.FLOAT, contents.length());
        Kernels kernels = Kernels.forBackend();
        KroneckerState state = new KroneckerState(kernels, contents, view, true);
        preconditioner = new KroneckerPreconditioner(
                "layer",
                kernels,
                DataType.FLOAT,
                state,
                new KroneckerPreconditioner.Rules(Damping.factored(1e-2), 0.95, false, true),
                new Scratch(DataType.FLOAT),
                new Diagnostics());
        statistics = new BatchStatistics(kernels, DataType.FLOAT, Sides.BOTH, a, g, true, false);
        fill();
        preconditioner.absorb(statistics);
        preconditioner.refresh(statistics);
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
        preconditioner.absorb(statistics);
        return statistics;
    }

    @Benchmark
    public int statisticsRawSyrk() {
        cblas_ssyrk(102, 122, 111, a - 1, BATCH, 1, at(x), a - 1, 0, at(square), a);
        cblas_ssyrk(102, 122, 111, g, BATCH, 1, at(delta), g, 0, at(square), a);
        return a;
    }

    @Benchmark
    public KroneckerPreconditioner refresh() {
        preconditioner.refresh(statistics);
        return preconditioner;
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
        return preconditioner.apply(d, 1, v);
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
