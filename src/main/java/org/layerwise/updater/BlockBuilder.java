package org.layerwise.updater;

/**
 * What the builders of updaters that cut matrices into blocks have in common.
 *
 * @param <B> the builder itself
 */
abstract class BlockBuilder<B extends BlockBuilder<B>> extends LayerwiseUpdater.Builder<B> {
    private int blockSize;
    private int maxDimension;

    BlockBuilder(double learningRate, int blockSize, int maxDimension) {
        super(learningRate);
        this.blockSize = blockSize;
        this.maxDimension = maxDimension;
    }

    /**
     * Most rows and columns of a block. The defaults are sizes where small products run fast on a CPU: 64 for
     * {@link Soap} and {@link PsgdKron}, 128 for {@link Shampoo}, whose roots lose more by cuts. The references have 1024
     * (Shampoo) or do not cut matrices. A weight of a square block takes four
     * elements of state for the block's factors, whatever the size; of a narrow block more.
     *
     * @param value at least 1
     * @return this
     */
    public final B blockSize(int value) {
        this.blockSize = value;
        return self();
    }

    /**
     * Whole matrices instead of blocks, as published: factors of the full sides.
     *
     * @return this
     */
    public final B withoutBlocks() {
        return blockSize(Integer.MAX_VALUE);
    }

    /**
     * A side of a matrix that is longer than this is neither cut nor given a square factor. {@link Soap} does not rotate it,
     * {@link PsgdKron} scales it row by row or column by column, and {@link Shampoo} leaves it to the other side, whose exponent
     * becomes 1/2. Default 10000 (reference implementation of SOAP); no limit for {@link Shampoo}.
     *
     * @param value at least 0
     * @return this
     */
    public final B maxDimension(int value) {
        this.maxDimension = value;
        return self();
    }

    final int blockSize() {
        return blockSize;
    }

    final int maxDimension() {
        return maxDimension;
    }
}
