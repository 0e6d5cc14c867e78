package org.layerwise.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TileTest {
    @Test
    void partition_raggedEdges_coversEveryElementOnce() {
        for (int[] size : new int[][] {{1, 1, 1, 1}, {5, 4, 3, 3}, {7, 1, 2, 64}, {64, 65, 64, 64}, {3, 9, 4, 2}}) {
            int[][] covered = new int[size[0]][size[1]];
            for (Tile tile : Tile.partition(size[0], size[1], size[2], size[3])) {
                assertThat(tile.rows()).isBetween(1, size[2]);
                assertThat(tile.columns()).isBetween(1, size[3]);
                for (int i = tile.row(); i < tile.row() + tile.rows(); i++) {
                    for (int j = tile.column(); j < tile.column() + tile.columns(); j++) {
                        covered[i][j]++;
                    }
                }
            }
            for (int[] row : covered) {
                assertThat(row).containsOnly(1);
            }
        }
    }

    @Test
    void partition_largestSize_isTheWholeMatrix() {
        assertThat(Tile.partition(5, 3, Integer.MAX_VALUE, Integer.MAX_VALUE)).isEqualTo(List.of(new Tile(0, 0, 5, 3)));
    }
}
