package org.layerwise.internal.dl4j;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.layerwise.dl4j.LayerKind.Rows;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.convolution.Convolution;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The rows of a convolution: for each position of the output the patch of the input under the kernel, and the output gradients
 * there. Channels come first, as the kernels [nOut, nIn, kH, kW] lie in memory; last for sequences, whose kernels lie as
 * [k, nIn, nOut].
 */
final class Patches {
    /** Bounds the memory of the patches, which are some examples at a time. */
    private static final long MAX_ELEMENTS = 4L << 20;

    private final INDArray images;
    private final INDArray gradients;
    private final Kernel kernel;
    private final boolean sequence;

    /** How a kernel moves; height and width each. */
    private record Kernel(int[] size, int[] stride, int[] dilation, int[] padding, boolean same) {
        void unfold(INDArray images, INDArray patches) {
            Convolution.im2col(
                    images,
                    size[0],
                    size[1],
                    stride[0],
                    stride[1],
                    padding[0],
                    padding[1],
                    dilation[0],
                    dilation[1],
                    same,
                    patches.permute(0, 3, 4, 5, 1, 2));
        }
    }

    private Patches(INDArray images, INDArray gradients, Kernel kernel, boolean sequence) {
        this.images = images;
        this.gradients = gradients;
        this.kernel = kernel;
        this.sequence = sequence;
    }

    /**
     * The patches of a layer.
     *
     * @param layer with kernels of one or two dimensions
     * @param images [n, nIn, H, W]; read
     * @param gradients [n, nOut, outH, outW]; read
     * @return its patches
     */
    static Patches of(ConvolutionLayer layer, INDArray images, INDArray gradients) {
        boolean sequence = layer instanceof Convolution1DLayer;
        int[] size = size(layer.getKernelSize(), sequence, 1);
        int[] stride = size(layer.getStride(), sequence, 1);
        int[] dilation = size(layer.getDilation(), sequence, 1);
        int[] padding = size(layer.getPadding(), sequence, 0);
        boolean same = layer.getConvolutionMode() == ConvolutionMode.Same;
        if (same) {
            int[] in = {(int) images.size(2), (int) images.size(3)};
            int[] out = {(int) gradients.size(2), (int) gradients.size(3)};
            padding = ConvolutionUtils.getSameModeTopLeftPadding(out, in, size, stride, dilation);
        }
        boolean causal = layer.getConvolutionMode() == ConvolutionMode.Causal;
        INDArray padded = causal ? withPast(images, (size[0] - 1) * dilation[0]) : images;
        return new Patches(padded, gradients, new Kernel(size, stride, dilation, padding, same), sequence);
    }

    private static INDArray withPast(INDArray images, int steps) {
        return steps == 0
                ? images
                : Nd4j.concat(2, Nd4j.zeros(images.dataType(), images.size(0), images.size(1), steps, 1), images);
    }

    /** Height and width; a sequence is an image one pixel wide, whatever DL4J writes into the second number. */
    private static int[] size(int[] sizes, boolean sequence, int width) {
        return sequence ? new int[] {sizes[0], width} : sizes;
    }

    /** Shows the rows, example by example. */
    void show(Rows rows) {
        long n = images.size(0);
        long positions = gradients.size(2) * gradients.size(3);
        long length = images.size(1) * kernel.size[0] * kernel.size[1];
        long chunk = Math.max(1, Math.min(n, MAX_ELEMENTS / Math.max(1, positions * length)));
        try (MemoryWorkspace ws = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
                INDArray buffer = Nd4j.createUninitialized(gradients.dataType(), chunk * positions * length)) {
            for (long from = 0; from < n; from += chunk) {
                long m = Math.min(chunk, n - from);
                INDArray patches = buffer.get(NDArrayIndex.interval(0, m * positions * length));
                kernel.unfold(part(images, from, m).castTo(gradients.dataType()), byPosition(patches, m));
                INDArray g = part(gradients, from, m).permute(0, 2, 3, 1).dup('c');
                rows.accept(
                        patches.reshape('c', m * positions, length),
                        g.reshape('c', m * positions, gradients.size(1)),
                        n * positions);
                g.close(); // outside workspaces, where it would wait for the garbage collector
            }
        }
    }

    /** [m, outH, outW, nIn, kH, kW], whichever of the last lie next to each other. */
    private INDArray byPosition(INDArray patches, long m) {
        long height = gradients.size(2);
        long width = gradients.size(3);
        long channels = images.size(1);
        return sequence
                ? patches.reshape('c', m, height, width, kernel.size[0], kernel.size[1], channels)
                        .permute(0, 1, 2, 5, 3, 4)
                : patches.reshape('c', m, height, width, channels, kernel.size[0], kernel.size[1]);
    }

    private static INDArray part(INDArray array, long from, long m) {
        INDArrayIndex all = NDArrayIndex.all();
        return array.get(NDArrayIndex.interval(from, from + m), all, all, all);
    }
}
