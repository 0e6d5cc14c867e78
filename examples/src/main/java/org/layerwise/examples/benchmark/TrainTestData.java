package org.layerwise.examples.benchmark;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Examples in single precision, those to train on and those to test on.
 *
 * @param train to train on
 * @param test held out
 */
record TrainTestData(Part train, Part test) {
    /**
     * Examples.
     *
     * @param inputs in [0, 1], [n, pixels]
     * @param targets [n, outputs]; of an autoencoder the inputs themselves
     */
    record Part(INDArray inputs, INDArray targets) implements AutoCloseable {
        /** Images as their own targets. */
        static Part autoencoder(INDArray images) {
            return new Part(images, images);
        }

        int size() {
            return inputs.rows();
        }

        /** The examples from {@code from} on up to but without {@code to}, as views. */
        Part rows(int from, int to) {
            INDArray some = rows(inputs, from, to);
            return new Part(some, targets == inputs ? some : rows(targets, from, to));
        }

        /** Copies of some examples, to be closed. */
        Part pick(int[] indices) {
            INDArray some = Nd4j.pullRows(inputs, 1, indices);
            return new Part(some, targets == inputs ? some : Nd4j.pullRows(targets, 1, indices));
        }

        /** Frees what {@link #pick} copied. */
        @Override
        public void close() {
            inputs.close();
            if (targets != inputs) {
                targets.close();
            }
        }

        private static INDArray rows(INDArray array, int from, int to) {
            return array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
        }
    }
}
