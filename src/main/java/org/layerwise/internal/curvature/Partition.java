package org.layerwise.internal.curvature;

import java.util.List;
import java.util.stream.IntStream;

/**
 * How a symmetric factor is cut into diagonal blocks: consecutive indices, of equal number but for the last block.
 *
 * @param dimension of the factor, at least 1
 * @param block indices of a block, in [1, dimension]
 */
public record Partition(int dimension, int block) {
    /** Smaller blocks save little memory and forget much. */
    private static final int SMALLEST = 256;

    /**
     * Some consecutive indices.
     *
     * @param at the first
     * @param size how many
     */
    public record Range(int at, int size) {}

    /**
     * One block: the dense factor.
     *
     * @param dimension of the factor
     * @return a partition that cuts nothing
     */
    public static Partition dense(int dimension) {
        return new Partition(dimension, dimension);
    }

    /**
     * A side of a matrix: dense up to a limit, above it in blocks of at most twice the other side, so that a parameter of the
     * matrix has about two numbers of the factor.
     *
     * @param dimension of the side
     * @param other dimension of the other side
     * @param largest block that is wanted, at least 1
     * @return the partition
     */
    public static Partition of(int dimension, int other, int largest) {
        if (dimension <= largest) {
            return dense(dimension);
        }
        long wanted = Math.min(largest, Math.max(SMALLEST, 2L * other));
        long blocks = (dimension + wanted - 1) / wanted;
        return new Partition(dimension, (int) ((dimension + blocks - 1) / blocks));
    }

    /**
     * The blocks.
     *
     * @return at least one
     */
    public List<Range> ranges() {
        return IntStream.range(0, blocks())
                .mapToObj(i -> new Range(i * block, Math.min(block, dimension - i * block)))
                .toList();
    }

    /**
     * How many blocks there are.
     *
     * @return at least 1
     */
    public int blocks() {
        return (dimension + block - 1) / block;
    }

    /**
     * Elements of all blocks.
     *
     * @return sum of their squares
     */
    public long elements() {
        return ranges().stream()
                .mapToLong(range -> (long) range.size() * range.size())
                .sum();
    }
}
