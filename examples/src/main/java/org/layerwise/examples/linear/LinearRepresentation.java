package org.layerwise.examples.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.layerwise.examples.run.ProgressListener;
import org.layerwise.linalg.NumericalException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The experiment: every contender trains a network on the same stream of batches, and after each step the population
 * measures are taken. Within one (kappa, seed) the contenders run in lockstep, so a batch is drawn once.
 */
public final class LinearRepresentation {
    /** Name in files and on the command line. */
    public static final String NAME = "linear-representation";

    private static final Logger LOG = LoggerFactory.getLogger(LinearRepresentation.class);

    private final LinearSettings settings;
    private final ProgressListener listener;
    private final AtomicLong done = new AtomicLong();

    /** An experiment that reports its progress out of {@link LinearSettings#totalSteps()} to {@code listener}. */
    public LinearRepresentation(LinearSettings settings, ProgressListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * Runs the (kappa, seed) pairs on {@code threads} threads. The same settings give the same result, whatever the
     * number of threads.
     *
     * @throws IllegalStateException if a run fails or the calling thread is interrupted
     */
    public LinearResult run(int threads) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<Trajectory>>> runs = new ArrayList<>();
            for (double kappa : settings.kappas()) {
                for (int index = 0; index < settings.seeds(); index++) {
                    int seedIndex = index;
                    runs.add(pool.submit(() -> runSeed(kappa, seedIndex)));
                }
            }
            List<Trajectory> trajectories = new ArrayList<>();
            for (Future<List<Trajectory>> run : runs) {
                trajectories.addAll(run.get());
            }
            return new LinearResult(settings, trajectories);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A run of " + NAME + " failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(NAME + " was interrupted", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private List<Trajectory> runSeed(double kappa, int index) {
        long seed = settings.firstSeed() + index;
        LinearTask task = LinearTask.random(settings.sizes(), kappa, settings.noise(), seed);
        LinearTask.Start start = LinearTask.start(settings.sizes(), seed);
        Measures measures = new Measures(task);
        List<Lane> lanes = new ArrayList<>();
        for (Contender contender : settings.contenders()) {
            if (index < settings.seeds(contender)) {
                lanes.add(new Lane(
                        contender,
                        contender.method().trainer(start, contender.learningRate(), settings.dampings()),
                        measures));
            }
        }
        train(lanes, new BatchSampler(task, settings.sizes(), seed), "kappa %.4g, seed %d".formatted(kappa, seed));
        List<Trajectory> trajectories = new ArrayList<>();
        for (Lane lane : lanes) {
            lane.trainer.close();
            Prediction prediction = predict(lane.contender, task);
            trajectories.add(new Trajectory(lane.contender, kappa, seed, lane.measurements, prediction));
        }
        return trajectories;
    }

    private void train(List<Lane> lanes, BatchSampler sampler, String task) {
        for (int iteration = 1; iteration <= settings.iterations(); iteration++) {
            try (Batch batch = sampler.next()) {
                for (Lane lane : lanes) {
                    if (iteration <= settings.iterations(lane.contender)) {
                        lane.step(batch);
                        done.incrementAndGet();
                    }
                }
            }
            report(task);
        }
    }

    private synchronized void report(String task) {
        listener.progress(done.get(), task);
    }

    private Prediction predict(Contender contender, LinearTask task) {
        return contender.method().predict(new Theory(task), contender.learningRate(), settings);
    }

    /** One contender in training. */
    private static final class Lane {
        private final Contender contender;
        private final Trainer trainer;
        private final Measures measures;
        private final List<Measurement> measurements = new ArrayList<>();
        private boolean diverged;

        Lane(Contender contender, Trainer trainer, Measures measures) {
            this.contender = contender;
            this.measures = measures;
            this.trainer = trainer;
            record();
        }

        void step(Batch batch) {
            if (diverged) {
                return;
            }
            try {
                trainer.step(batch);
                record();
            } catch (NumericalException e) {
                LOG.warn("{} failed at iteration {}: {}", contender.label(), measurements.size(), e.getMessage());
                diverged = true;
            }
        }

        private void record() {
            TwoLayerNetwork network = trainer.network();
            Measurement measurement = measures.of(network.features(), network.head());
            diverged = !measurement.isFinite();
            if (diverged) {
                LOG.warn("{} diverged at iteration {}", contender.label(), measurements.size());
            } else {
                measurements.add(measurement);
            }
        }
    }
}
