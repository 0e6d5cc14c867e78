package org.layerwise.bench;

import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.layerwise.Layerwise;
import org.layerwise.settings.Period;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Updaters;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a training step cost, all amortised work included? Each invocation takes 50 steps, a whole number of
 * statistics and refresh periods. Compare methods at equal batch.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 6)
@Fork(1)
public class StepBenchmark {
    private static final int STEPS = 50;
    private static final double RATE = 1e-4;

    @Param({"128", "512", "1024"})
    int batch;

    /** "sgd", "adam", or a name of {@link Updaters}; {@link StepBenchmarks} runs all, and {@code -p method=...} some. */
    @Param({"adam"})
    String method;

    private MultiLayerNetwork net;
    private INDArray x;
    private INDArray y;

    /** Periods of which {@value #STEPS} steps are a whole number. */
    private static IUpdater updater(String method) {
        return switch (method) {
            case "sgd" -> new Sgd(RATE);
            case "adam" -> new Adam(RATE);
            case "kfac" ->
                Kfac.builder()
                        .learningRate(RATE)
                        .statistics(Period.every(10))
                        .refresh(Period.every(50))
                        .build();
            case "foof" ->
                Foof.builder()
                        .learningRate(RATE)
                        .statistics(Period.every(10))
                        .refresh(Period.every(50))
                        .build();
            default -> Updaters.named(method).updater(RATE);
        };
    }

    @Setup
    public void setup() {
        IUpdater updater = updater(method);
        net = Perceptron.network(updater);
        if (updater instanceof LayerwiseUpdater) {
            Layerwise.attach(net);
        }
        x = Perceptron.features(batch);
        y = Perceptron.labels(batch);
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public double steps() {
        for (int i = 0; i < STEPS; i++) {
            net.fit(x, y);
        }
        return net.score();
    }
}
