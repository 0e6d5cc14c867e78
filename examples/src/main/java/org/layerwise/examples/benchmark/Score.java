package org.layerwise.examples.benchmark;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How good a network is on some examples.
 *
 * @param loss mean per example
 * @param error share of wrong classes; NaN for an autoencoder
 */
record Score(double loss, double error) {
    /** Of a run that has diverged. */
    static final Score NONE = new Score(Double.NaN, Double.NaN);

    /** Examples at a time. */
    private static final int CHUNK = 500;

    /** Measures all examples of {@code part}. */
    static Score of(MultiLayerNetwork network, TrainTestData.Part part, Loss loss) {
        double sum = 0;
        double wrong = 0;
        for (int from = 0; from < part.size(); from += CHUNK) {
            TrainTestData.Part chunk = part.rows(from, Math.min(from + CHUNK, part.size()));
            try (INDArray outputs = network.output(chunk.inputs(), false)) {
                sum += loss.sum(chunk.targets(), outputs);
                wrong += loss == Loss.CLASSES ? wrong(chunk.targets(), outputs) : Double.NaN;
            }
        }
        return new Score(sum / part.size(), wrong / part.size());
    }

    private static double wrong(INDArray targets, INDArray outputs) {
        return outputs.argMax(1)
                .neq(targets.argMax(1))
                .castTo(targets.dataType())
                .sumNumber()
                .doubleValue();
    }
}
