package org.layerwise.examples.linear.contraction;

import org.layerwise.examples.linear.Batch;
import org.layerwise.examples.linear.LeastSquares;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Theory;
import org.layerwise.examples.linear.Trainer;
import org.layerwise.examples.linear.TwoLayerNetwork;
import org.layerwise.examples.numeric.Draws;
import org.layerwise.examples.numeric.SpectralRadius;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What one real training step does to the error {@code E = (G - G*) U}, [dh, dX - dh], on the whole population without
 * label noise. Before the step the head is at least squares for the features, as the theory assumes.
 */
final class StepMap implements AutoCloseable {
    /** Small enough to be linear, large enough to stand out of the rounding: both errors are below 1e-9. */
    private static final double PERTURBATION = 1e-5;

    private final INDArray truth;
    private final INDArray complement;
    private final Batch population;
    private final Trainer trainer;

    StepMap(LinearTask task, Scheme scheme, double rate) {
        truth = task.features();
        complement = Theory.complement(truth);
        population = Batch.population(task.train(), truth);
        LinearTask.Start solution = new LinearTask.Start(truth, task.train().head());
        trainer = scheme.method().trainer(solution, rate, scheme.dampings());
    }

    /** Factor per step of the slowest mode: spectral radius of the Jacobian. */
    double contraction() {
        try (INDArray jacobian = jacobian()) {
            return SpectralRadius.of(jacobian);
        }
    }

    /** Jacobian of the step at the solution by central differences, [d, d] with d = dh (dX - dh). */
    private INDArray jacobian() {
        int columns = complement.columns();
        int size = truth.rows() * columns;
        double[] entries = new double[size * size];
        for (int direction = 0; direction < size; direction++) {
            double[] forward = step(direction / columns, direction % columns, PERTURBATION);
            double[] backward = step(direction / columns, direction % columns, -PERTURBATION);
            for (int i = 0; i < size; i++) {
                entries[i * size + direction] = (forward[i] - backward[i]) / (2 * PERTURBATION);
            }
        }
        return Draws.matrix(entries, size, size);
    }

    /** Error after one step from the error that is zero but for {@code value} at (row, column). */
    private double[] step(int row, int column, double value) {
        INDArray start = truth.dup();
        start.getRow(row).addi(complement.getColumn(column).mul(value));
        TwoLayerNetwork network = trainer.network();
        network.features().assign(start);
        network.setHead(LeastSquares.head(start, population));
        trainer.step(population);
        try (INDArray error = network.features().mmul(complement)) {
            return Draws.values(error);
        }
    }

    @Override
    public void close() {
        trainer.close();
        population.close();
    }
}
