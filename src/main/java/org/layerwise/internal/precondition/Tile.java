package org.layerwise.internal.precondition;

import java.util.ArrayList;
import java.util.List;
import org.layerwise.internal.linalg.Kernels.Block;

/**
 * One block of a matrix that is cut into blocks for preconditioning.
 *
 * @param row first row
 * @param column first column
 * @param rows number of rows, at least 1
 * @param columns number of columns, at least 1
 */
record Tile(int row, int column, int rows, int columns) {
    /**
     * Cuts a matrix. The last block of either direction may be smaller than the others.
     *
     * @param rows of the matrix
     * @param columns of the matrix
     * @param height rows of a block, at least 1
     * @param width columns of a block, at least 1
     * @return the blocks, column by column
     */
    static List<Tile> partition(int rows, int columns, int height, int width) {
        List<Tile> tiles = new ArrayList<>();
        for (int j = 0; j < columns; j += Math.min(width, columns - j)) {
            for (int i = 0; i < rows; i += Math.min(height, rows - i)) {
                tiles.add(new Tile(i, j, Math.min(height, rows - i), Math.min(width, columns - j)));
            }
        }
        return List.copyOf(tiles);
    }

    /** The cut in words; blocks larger than the matrix are as large as it. */
    static String layout(int rows, int columns, int height, int width) {
        return "blocks of " + Math.min(height, rows) + " by " + Math.min(width, columns);
    }

    /** Number of elements. */
    int length() {
        return rows * columns;
    }

    /** This block of a matrix. */
    Block of(Block matrix) {
        return matrix.part(row, column, rows, columns);
    }
}
