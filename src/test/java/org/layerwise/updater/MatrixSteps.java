package org.layerwise.updater;

import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.List;
import java.util.Objects;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.internal.step.LayerGradientUpdater;
import org.layerwise.internal.step.StepHost;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.settings.Role;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/** One matrix of parameters and its updater, stepped as DL4J steps an updater block. Matrices are [fanIn][fanOut]. */
final class MatrixSteps {
    final BlockConfiguration bound;
    final INDArray view;
    final GradientUpdater<?> updater;
    final INDArray parameters;
    private final Matrix matrix;
    private final Regularization[] regularization;
    private Diagnostics diagnostics = new Diagnostics();
    private int iteration;

    MatrixSteps(LayerwiseUpdater<?> config, double[][] start, DataType type, Regularization... regularization) {
        this(config, Role.HIDDEN, start, type, regularization);
    }

    MatrixSteps(
            LayerwiseUpdater<?> config, Role role, double[][] start, DataType type, Regularization... regularization) {
        this.matrix = Matrix.contiguous("W", 0, start.length, start[0].length, role, 1);
        this.bound = config.bind(ParameterLayout.of("layer0", List.of(matrix)), new Host());
        this.view = Nd4j.create(type, bound.stateSize(matrix.length()));
        this.updater = bound.instantiate(view, true);
        this.parameters = flat(start, type);
        this.regularization = regularization;
    }

    /** The network around the matrix, which has no other layers. */
    private final class Host implements StepHost {
        @Override
        public boolean owns(LayerGradientUpdater any) {
            return true;
        }

        @Override
        public LayerContext enter(LayerGradientUpdater any) {
            return LayerContext.alone(diagnostics);
        }
    }

    private static INDArray flat(double[][] matrix, DataType type) {
        return Loops.array(matrix, type, 'f').reshape('f', new long[] {(long) matrix.length * matrix[0].length});
    }

    /** Has failures counted elsewhere. */
    MatrixSteps countingIn(Diagnostics counters) {
        this.diagnostics = counters;
        return this;
    }

    /** The update for a gradient, regularization included; parameters and state take the step. */
    double[][] step(double[][] gradient) {
        INDArray update = flat(gradient, parameters.dataType());
        updater.applyUpdater(update, iteration, 0);
        for (Regularization term : regularization) {
            term.apply(parameters, update, bound.getLearningRate(iteration, 0), iteration, 0);
        }
        iteration++;
        parameters.subi(update);
        return matrix(update);
    }

    double[][] parameters() {
        return matrix(parameters);
    }

    private double[][] matrix(INDArray flat) {
        return Loops.of(flat.reshape('f', matrix.rows(), matrix.columns()));
    }

    /** Whether the matrix has a method, rather than the fallback. */
    boolean isPreconditioned() {
        return bound.settings().method(matrix) != null;
    }

    private Method method() {
        return Objects.requireNonNull(bound.settings().method(matrix));
    }

    /** Number of elements that the method keeps. */
    long sectionElements() {
        return method().sections(matrix).stream().mapToLong(Section::length).sum();
    }

    /** Operations of a step. */
    long flops() {
        return method().flops(matrix);
    }

    /** An array of the method's state inside the view, where sections follow the header. */
    INDArray section(String name) {
        ParameterLayout layout = Objects.requireNonNull(bound.layout());
        long at = LayerGradientUpdater.stateLength(bound.settings(), layout) - sectionElements();
        for (Section section : method().sections(matrix)) {
            if (section.name().equals(name)) {
                return view.get(NDArrayIndex.interval(at, at + section.length()));
            }
            at += section.length();
        }
        throw new AssertionError("no section " + name);
    }

    /** Another instance over a copy of the state after 11 steps takes the next 19 as the first does, and ends with its state. */
    static void requireContinuedBitForBit(LayerwiseUpdater<?> updater) {
        RandomMatrices random = new RandomMatrices(6);
        MatrixSteps steps = new MatrixSteps(updater, new double[7][5], DataType.FLOAT);
        for (int i = 0; i < 11; i++) {
            steps.step(random.gaussian(7, 5));
        }
        INDArray view = steps.view.dup();
        GradientUpdater<?> other = steps.bound.instantiate(view, false);
        for (int i = 11; i < 30; i++) {
            double[][] gradient = random.gaussian(7, 5);
            INDArray update = flat(gradient, DataType.FLOAT);
            other.applyUpdater(update, i, 0);
            assertThatArray(update.reshape('f', 7, 5)).isCloseTo(steps.step(gradient), Tolerance.EXACT);
        }
        assertThatArray(view).isCloseTo(Loops.of(steps.view.reshape(1, steps.view.length())), Tolerance.EXACT);
    }

    /**
     * With blocks of 3, each block of a 5 by 4 matrix steps as a matrix of its own. One has no gradient at first, so that its
     * preconditioner comes later.
     */
    static void requireIndependentBlocks(LayerwiseUpdater<?> updater, DataType type, double tolerance) {
        int[][] corners = {{0, 3, 0, 3}, {3, 5, 0, 3}, {0, 3, 3, 4}, {3, 5, 3, 4}};
        MatrixSteps whole = new MatrixSteps(updater, new double[5][4], type);
        MatrixSteps[] parts = new MatrixSteps[corners.length];
        for (int k = 0; k < parts.length; k++) {
            parts[k] = new MatrixSteps(updater, part(new double[5][4], corners[k]), type);
        }
        RandomMatrices random = new RandomMatrices(9);
        for (int i = 0; i < 9; i++) {
            double[][] gradient = random.gaussian(5, 4);
            if (i < 3) {
                gradient[0][3] = gradient[1][3] = gradient[2][3] = 0;
            }
            double[][] update = whole.step(gradient);
            for (int k = 0; k < parts.length; k++) {
                assertThatArray(part(update, corners[k]))
                        .as("step %s, block %s", i, k)
                        .isCloseTo(parts[k].step(part(gradient, corners[k])), tolerance);
            }
        }
    }

    private static double[][] part(double[][] a, int[] corner) {
        return Loops.part(a, corner[0], corner[1], corner[2], corner[3]);
    }
}
