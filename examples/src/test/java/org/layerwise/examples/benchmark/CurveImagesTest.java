package org.layerwise.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class CurveImagesTest {
    private static final int COUNT = 50;

    private final INDArray images = CurveImages.draw(COUNT, 1);

    @Test
    void images_areInSinglePrecisionBetweenBlackAndWhite() {
        assertThat(images.shape()).containsExactly(COUNT, 784);
        assertThat(images.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(images.minNumber().doubleValue()).isGreaterThanOrEqualTo(0);
        assertThat(images.maxNumber().doubleValue()).isLessThanOrEqualTo(1);
    }

    /** A stroke passes within half a pixel's diagonal of some pixel: exp(-1/4) is .78. */
    @Test
    void everyImage_hasABrightStrokeOnABlackGround() {
        for (int i = 0; i < COUNT; i++) {
            INDArray image = images.getRow(i);

            assertThat(image.maxNumber().doubleValue()).as("image %d", i).isGreaterThan(.77);
            assertThat(image.meanNumber().doubleValue()).as("image %d", i).isBetween(.005, .3);
        }
    }

    @Test
    void aSeed_meansTheSameImagesInListsOfAnyLength() {
        INDArray first = images.get(NDArrayIndex.interval(0, 10), NDArrayIndex.all());

        assertThat(CurveImages.draw(COUNT, 1)).isEqualTo(images);
        assertThat(CurveImages.draw(10, 1)).isEqualTo(first);
        assertThat(CurveImages.draw(10, 2)).isNotEqualTo(first);
    }

    @Test
    void images_differFromEachOther() {
        for (int i = 1; i < COUNT; i++) {
            assertThat(images.getRow(i)).isNotEqualTo(images.getRow(0));
        }
    }
}
