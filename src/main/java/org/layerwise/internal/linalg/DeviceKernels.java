package org.layerwise.internal.linalg;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import org.layerwise.internal.Require;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.controlflow.Select;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * ND4J operations for any backend. Symmetric matrices are kept full here (both triangles valid), which satisfies every
 * contract of {@link Kernels}. Factorisations run on the host: the small factor is copied there and back.
 */
final class DeviceKernels implements Kernels {
    static final DeviceKernels INSTANCE = new DeviceKernels();

    /** True on and above (key n) or on and below (key -n) the diagonal: a handful of factors per network. */
    private final Map<Integer, INDArray> masks = new ConcurrentHashMap<>();

    private DeviceKernels() {}

    @Override
    public void addGramian(INDArray x, boolean homogeneous, double alpha, INDArray c) {
        INDArray rows = x.castTo(c.dataType());
        int d = rows.columns();
        Require.argument(
                c.rows() == (homogeneous ? d + 1 : d),
                "A Gramian of [%s, %s] rows does not fit a %s by %s matrix",
                rows.rows(),
                d,
                c.rows(),
                c.rows());
        INDArray extended = homogeneous ? Nd4j.hstack(rows, Nd4j.ones(c.dataType(), rows.rows(), 1)) : rows;
        c.addi(extended.transpose().mmul(extended).muli(alpha));
    }

    @Override
    public void blend(INDArray sample, double weight, TrianglePair pair) {
        INDArray running = running(pair);
        INDArray blended = symmetric(sample, false);
        if (weight != 1) { // 1 also replaces NaN and infinities
            blended.subi(running).muli(weight).addi(running);
        }
        running.assign(select(lowerMask(running), blended, running)); // else the snapshot's entries
    }

    @Override
    public void promote(TrianglePair pair) {
        INDArray symmetric = symmetric(running(pair), false);
        INDArray snapshot = snapshot(pair);
        snapshot.assign(select(upperMask(snapshot), symmetric, snapshot)); // else the running matrix's entries
    }

    @Override
    public INDArray unpackSnapshot(TrianglePair pair, INDArray out) {
        return out.assign(symmetric(snapshot(pair), true));
    }

    @Override
    public INDArray unpackRunning(TrianglePair pair, INDArray out) {
        return out.assign(symmetric(running(pair), false));
    }

    @Override
    public double[] diagonal(INDArray a, long offset, int n, int stride) {
        return Nd4j.create(a.data(), new long[] {n}, new long[] {stride}, a.offset() + offset, 'c')
                .dup()
                .castTo(DataType.DOUBLE)
                .toDoubleVector();
    }

    @Override
    public void addDiagonal(INDArray a, double lambda) {
        a.addi(Nd4j.eye(a.rows()).castTo(a.dataType()).muli(lambda));
    }

    private static INDArray running(TrianglePair pair) {
        return pair.array().get(NDArrayIndex.interval(1, pair.dimension() + 1), NDArrayIndex.all());
    }

    private static INDArray snapshot(TrianglePair pair) {
        return pair.array().get(NDArrayIndex.interval(0, pair.dimension()), NDArrayIndex.all());
    }

    /** The full matrix that a triangle of {@code a} defines. */
    private INDArray symmetric(INDArray a, boolean fromUpper) {
        return select(fromUpper ? upperMask(a) : lowerMask(a), a, a.transpose());
    }

    /** Elements of {@code a} where the mask holds, of {@code b} elsewhere; neither spills NaN into the other. */
    private static INDArray select(INDArray mask, INDArray a, INDArray b) {
        INDArray out = Nd4j.createUninitialized(a.dataType(), a.shape(), 'f');
        Nd4j.exec(new Select(new INDArray[] {mask, a.dup('f'), b.dup('f')}, new INDArray[] {out}));
        return out;
    }

    private INDArray upperMask(INDArray like) {
        return mask(like.rows(), true);
    }

    private INDArray lowerMask(INDArray like) {
        return mask(like.rows(), false);
    }

    private INDArray mask(int n, boolean upper) {
        return masks.computeIfAbsent(upper ? n : -n, key -> {
            try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                boolean[][] mask = new boolean[n][n];
                for (int i = 0; i < n; i++) {
                    java.util.Arrays.fill(mask[i], upper ? i : 0, upper ? n : i + 1, true);
                }
                return Nd4j.createFromArray(mask).dup('f');
            }
        });
    }

    @Override
    public void invert(INDArray a) {
        Blas blas = Blas.of(a.dataType());
        try (Pointer host = blas.copyToHost(a)) {
            Lapack.invert(blas, a.rows(), host);
            blas.copyBack(host, a);
        }
        a.assign(symmetric(a.dup(), true));
    }

    @Override
    public void eigen(INDArray a, INDArray values) {
        Blas blas = Blas.of(a.dataType());
        try (Pointer host = blas.copyToHost(a);
                Pointer hostValues = blas.copyToHost(values)) {
            Lapack.eigen(blas, a.rows(), host, hostValues);
            blas.copyBack(host, a);
            blas.copyBack(hostValues, values);
        }
    }

    @Override
    public void multiplySymmetric(INDArray left, INDArray d, INDArray right, INDArray work, INDArray out) {
        multiplyRight(d, right, work);
        multiplyLeft(left, work, out);
    }

    @Override
    public void multiplyLeft(INDArray left, INDArray d, INDArray out) {
        Nd4j.gemm(left, d, out, false, false, 1, 0);
    }

    @Override
    public void multiplyLeft(Block left, Block d, Block out) {
        multiply(1, left, false, d, false, 0, out);
    }

    @Override
    public void multiplyRight(INDArray d, INDArray right, INDArray out) {
        Nd4j.gemm(d, right, out, false, false, 1, 0);
    }

    @Override
    public void multiplyRight(Block d, Block right, Block out) {
        multiply(1, d, false, right, false, 0, out);
    }

    @Override
    public void multiply(
            double alpha, INDArray a, boolean transposeA, INDArray b, boolean transposeB, double beta, INDArray out) {
        Nd4j.gemm(a, b, out, transposeA, transposeB, alpha, beta);
    }

    @Override
    public void multiply(
            double alpha, Block a, boolean transposeA, Block b, boolean transposeB, double beta, Block out) {
        INDArray target = view(out);
        INDArray product = Nd4j.createUninitialized(target.dataType(), target.shape(), 'f');
        Nd4j.gemm(view(a).dup('f'), view(b).dup('f'), product, transposeA, transposeB, alpha, 0);
        target.assign(beta == 0 ? product : product.addi(target.mul(beta)));
    }

    @Override
    public void addGramian(Block x, boolean ofColumns, double alpha, double beta, Block out) {
        multiply(alpha, x, ofColumns, x, !ofColumns, beta, out);
    }

    @Override
    public void orthonormalize(Block a) {
        INDArray matrix = view(a);
        Blas blas = Blas.of(matrix.dataType());
        INDArray dense = matrix.dup('f');
        try (Pointer host = blas.copyToHost(dense)) {
            Lapack.orthonormalize(blas, a.rows(), host, a.rows());
            blas.copyBack(host, dense);
        }
        matrix.assign(dense);
    }

    @Override
    public double norm(INDArray x) {
        return Math.sqrt(dot(x, x));
    }

    @Override
    public double dot(INDArray x, INDArray y) {
        return x.castTo(DataType.DOUBLE)
                .mul(y.castTo(DataType.DOUBLE))
                .sumNumber()
                .doubleValue();
    }

    @Override
    public void axpby(double alpha, INDArray x, double beta, INDArray y) {
        if (beta == 0) {
            y.assign(x).muli(alpha);
        } else {
            y.muli(beta).addi(x.mul(alpha));
        }
    }

    @Override
    public void transfer(Block from, double scale, Block to, boolean add) {
        INDArray source = view(from).mul(scale);
        INDArray target = view(to);
        if (add) {
            target.addi(source);
        } else {
            target.assign(source);
        }
    }

    private static INDArray view(Block block) {
        INDArray array = block.array();
        return Nd4j.create(
                array.data(),
                new long[] {block.rows(), block.columns()},
                new long[] {1, block.leadingDimension()},
                array.offset() + block.offset(),
                'f');
    }
}
