package org.layerwise.internal.curvature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.layerwise.internal.curvature.Partition.Range;

class PartitionTest {
    @ParameterizedTest
    @CsvSource({
        // dimension, other side, largest, blocks, block
        "2048, 10, 2048, 1, 2048",
        "2049, 4096, 2048, 2, 1025",
        "9216, 64, 2048, 36, 256",
        "9217, 4096, 2048, 5, 1844",
        "4609, 512, 2048, 5, 922",
        "46000, 100, 2048, 180, 256",
        "300, 300, 200, 2, 150",
        "7, 3, 1, 7, 1"
    })
    void of_sides_cutsWhatIsLongerThanTheLimit(int dimension, int other, int largest, int blocks, int block) {
        Partition partition = Partition.of(dimension, other, largest);
        assertThat(partition.blocks()).isEqualTo(blocks);
        assertThat(partition.block()).isEqualTo(block);
    }

    @Test
    void ranges_anyPartition_coverEveryIndexOnce() {
        Random random = new Random(3);
        for (int trial = 0; trial < 200; trial++) {
            int dimension = 1 + random.nextInt(5000);
            Partition partition = Partition.of(dimension, 1 + random.nextInt(3000), 1 + random.nextInt(3000));
            int next = 0;
            long elements = 0;
            for (Range range : partition.ranges()) {
                assertThat(range.at()).isEqualTo(next);
                assertThat(range.size()).isBetween(1, partition.block());
                next += range.size();
                elements += (long) range.size() * range.size();
            }
            assertThat(next).isEqualTo(dimension);
            assertThat(partition.elements()).isEqualTo(elements);
        }
    }

    /** The promise of the builder: about two numbers a parameter where a side is cut, unless the other is very short. */
    @Test
    void of_longSide_hasAboutTwoNumbersAParameter() {
        Random random = new Random(4);
        for (int trial = 0; trial < 200; trial++) {
            int other = 128 + random.nextInt(4000);
            int dimension = 2049 + random.nextInt(60_000);
            Partition partition = Partition.of(dimension, other, 2048);
            assertThat(partition.elements()).isLessThanOrEqualTo(2L * dimension * other);
        }
    }
}
