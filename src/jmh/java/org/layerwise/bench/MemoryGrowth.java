package org.layerwise.bench;

import java.io.PrintStream;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.layerwise.Layerwise;
import org.layerwise.settings.Period;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

/** Prints the resident memory of the process while a network trains, first with Adam, then with K-FAC. */
public final class MemoryGrowth {
    private static final int STEPS = 2000;
    private static final int EVERY = 250;
    private static final int BATCH = 128;

    private MemoryGrowth() {}

    public static void main(String[] args) {
        MultiLayerNetwork adam = Perceptron.network(new Adam(1e-4));
        train("adam", adam, System.out);
        MultiLayerNetwork kfac = Perceptron.network(Kfac.builder()
                .learningRate(1e-4)
                .statistics(Period.every(10))
                .refresh(Period.every(50))
                .build());
        Layerwise.attach(kfac);
        train("kfac", kfac, System.out);
    }

    private static void train(String method, MultiLayerNetwork net, PrintStream out) {
        INDArray x = Perceptron.features(BATCH);
        INDArray y = Perceptron.labels(BATCH);
        for (int step = 1; step <= STEPS; step++) {
            net.fit(x, y);
            if (step % EVERY == 0) {
                System.gc();
                out.printf("%s step %4d: %4d MiB resident%n", method, step, Pointer.physicalBytes() >> 20);
            }
        }
    }
}
