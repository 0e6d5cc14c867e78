package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.layerwise.Layerwise;
import org.layerwise.examples.run.Backend;
import org.layerwise.settings.NumericalException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Trains one network within the budget and measures it at the checkpoints. The seed fixes everything but the times. */
final class TrainingRun {
    private final Conditions conditions;
    private final TrainTestData corpus;
    private final Trial trial;
    private final MultiLayerNetwork network;
    private final ExampleOrder order;
    private final Stopwatch watch = new Stopwatch();

    private TrainingRun(Conditions conditions, TrainTestData corpus, Trial trial) {
        this.conditions = conditions;
        this.corpus = corpus;
        this.trial = trial;
        network = network(conditions, corpus, trial);
        order = new ExampleOrder(corpus.train().size(), trial.seed());
    }

    /**
     * The checkpoints of a run, with that before the first step.
     *
     * @param warmUp steps of a network of the same kind that is thrown away, so that the compiler and the BLAS have met
     *     the method when the clock starts
     */
    static List<Checkpoint> run(Conditions conditions, TrainTestData corpus, Trial trial, int warmUp) {
        TrainingRun rehearsal = new TrainingRun(conditions, corpus, trial);
        rehearsal.train(warmUp);
        rehearsal.network.close();
        TrainingRun run = new TrainingRun(conditions, corpus, trial);
        List<Checkpoint> checkpoints = run.checkpoints();
        run.network.close();
        return checkpoints;
    }

    /** Hidden layers are tanh with sparse weights in autoencoders, ReLU with DL4J's Xavier weights in classifiers. */
    private static MultiLayerNetwork network(Conditions conditions, TrainTestData corpus, Trial trial) {
        Loss loss = conditions.problem().loss();
        var layers = new NeuralNetConfiguration.Builder()
                .seed(trial.seed())
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.XAVIER)
                .updater(trial.entrant().optimizer().updater(trial.rate(), loss))
                .activation(loss == Loss.PIXELS ? Activation.TANH : Activation.RELU)
                .list();
        long inputs = corpus.train().inputs().columns();
        for (int width : conditions.hidden()) {
            layers.layer(new DenseLayer.Builder().nIn(inputs).nOut(width).build());
            inputs = width;
        }
        layers.layer(new OutputLayer.Builder(loss.function())
                .nIn(inputs)
                .nOut(corpus.train().targets().columns())
                .activation(loss.output())
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        if (loss == Loss.PIXELS) {
            SparseWeights.into(network, trial.seed());
        }
        if (trial.entrant().optimizer().layerwise()) {
            Layerwise.attach(network);
        }
        return network;
    }

    private List<Checkpoint> checkpoints() {
        List<Checkpoint> checkpoints = new ArrayList<>(List.of(measure(Cost.NONE)));
        int batch = trial.entrant().batch();
        boolean alive = true;
        for (int i = 1; i <= conditions.checkpoints(); i++) {
            long target = conditions.step(batch, i);
            alive = alive && trained(target - conditions.step(batch, i - 1));
            Checkpoint checkpoint = alive ? measure(watch.cost(target)) : diverged(target);
            alive = Double.isFinite(checkpoint.trainLoss());
            checkpoints.add(alive ? checkpoint : diverged(target));
        }
        return checkpoints;
    }

    /** Trains on; false if a matrix of exploding weights has no factorisation, which is a result of its rate. */
    private boolean trained(long steps) {
        try {
            watch.time(() -> train(steps));
            return true;
        } catch (NumericalException e) {
            return false;
        }
    }

    private void train(long steps) {
        for (long step = 0; step < steps; step++) {
            try (TrainTestData.Part batch =
                    corpus.train().pick(order.next(trial.entrant().batch()))) {
                network.fit(batch.inputs(), batch.targets());
            }
        }
    }

    private Checkpoint measure(Cost cost) {
        Loss loss = conditions.problem().loss();
        TrainTestData.Part measured = corpus.train().rows(0, conditions.measured());
        return new Checkpoint(
                trial,
                cost,
                Score.of(network, measured, loss).loss(),
                Score.of(network, corpus.test(), loss),
                threads());
    }

    private Checkpoint diverged(long step) {
        return new Checkpoint(trial, new Cost(step, Double.NaN, Double.NaN), Double.NaN, Score.NONE, threads());
    }

    private static String threads() {
        return Backend.load(Backend.Choice.ANY).threads();
    }
}
