package org.layerwise.bench;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.layerwise.Layerwise;
import org.layerwise.settings.Period;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
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

    private static final Map<String, Supplier<IUpdater>> UPDATERS = Map.of(
            "sgd", () -> new Sgd(1e-4),
            "adam", () -> new Adam(1e-4),
            "muon", () -> new Muon(1e-4),
            "psgd", () -> new PsgdKron(1e-4),
            "scion", () -> new Scion(1e-4),
            "shampoo", () -> new Shampoo(1e-4),
            "soap", () -> new Soap(1e-4),
            "kfac",
                    () -> Kfac.builder()
                            .learningRate(1e-4)
                            .statistics(Period.every(10))
                            .refresh(Period.every(50))
                            .build(),
            "foof",
                    () -> Foof.builder()
                            .learningRate(1e-4)
                            .statistics(Period.every(10))
                            .refresh(Period.every(50))
                            .build());

    @Param({"128", "512", "1024"})
    int batch;

    @Param({"adam", "kfac", "sgd", "foof", "soap", "shampoo", "muon", "scion", "psgd"})
    String method;

    private MultiLayerNetwork net;
    private INDArray x;
    private INDArray y;

    @Setup
    public void setup() {
        IUpdater updater = UPDATERS.get(method).get();
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
