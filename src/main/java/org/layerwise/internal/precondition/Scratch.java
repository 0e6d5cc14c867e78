package org.layerwise.internal.precondition;

import java.lang.ref.WeakReference;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Working memory that the layers of one network share, since they are updated one after another. An array keeps its
 * contents only until the next request of the same name.
 */
public final class Scratch {
    private static final ThreadLocal<Map<DataType, WeakReference<Scratch>>> OF_THREAD =
            ThreadLocal.withInitial(() -> new EnumMap<>(DataType.class));

    private final DataType type;
    private final Map<String, INDArray> buffers = new HashMap<>();
    private final Map<String, INDArray> matrices = new HashMap<>();

    /**
     * Creates empty working memory.
     *
     * @param type FLOAT or DOUBLE
     */
    public Scratch(DataType type) {
        this.type = type;
    }

    /**
     * The working memory that all users on the calling thread share. It is freed when the last of them is gone.
     *
     * @param type FLOAT or DOUBLE
     * @return to be kept by the user, and asked for again before each use
     */
    public static Scratch ofThread(DataType type) {
        Map<DataType, WeakReference<Scratch>> known = OF_THREAD.get();
        @Nullable WeakReference<Scratch> reference = known.get(type);
        @Nullable Scratch scratch = reference == null ? null : reference.get();
        if (scratch == null) {
            scratch = new Scratch(type);
            known.put(type, new WeakReference<>(scratch));
        }
        return scratch;
    }

    /**
     * A matrix with arbitrary contents.
     *
     * @param name distinguishes arrays that are in use at the same time
     * @param rows number of rows
     * @param columns number of columns
     * @return dense, 'f' order, outside any workspace
     */
    public INDArray matrix(String name, int rows, int columns) {
        return matrices.computeIfAbsent(name + ':' + rows + 'x' + columns, key -> {
            long length = (long) rows * columns;
            INDArray buffer = buffers.get(name);
            if (buffer == null || buffer.length() < length) {
                buffer = Nd4j.createUninitializedDetached(type, 'f', length);
                buffers.put(name, buffer);
            }
            return buffer.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, length))
                    .reshape('f', rows, columns);
        });
    }
}
