package org.layerwise.updater;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.ParameterLayout;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.Diagnostics;
import org.layerwise.precondition.Failures;
import org.layerwise.precondition.MatrixMethod;
import org.layerwise.precondition.MatrixPreconditioner;
import org.layerwise.precondition.MatrixState;
import org.layerwise.precondition.Scratch;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;

/** One step over a layout: every matrix by its method, in place in the flat gradient, all other elements by the fallback. */
final class MatrixDriver {
    private final GradientOnlyUpdater config;
    private final ParameterLayout layout;
    private final Place place;
    private final Kernels kernels = Kernels.forBackend();
    private final MatrixState state;
    private final DataType type;
    private final List<Matrix> matrices = new ArrayList<>();
    private final List<Segment> rest = new ArrayList<>();
    private final @Nullable GradientUpdater<?> fallback;
    /** Keeps the thread's working memory alive. */
    private Scratch scratch;

    private record Matrix(Segment segment, String name, MatrixPreconditioner preconditioner) {}

    MatrixDriver(GradientOnlyUpdater config, ParameterLayout layout, Place place, INDArray view, boolean initialize) {
        this.config = config;
        this.layout = layout;
        this.place = place;
        this.type = view.dataType();
        this.scratch = Scratch.ofThread(type);
        MatrixState.Contents contents = config.contents(layout);
        Require.argument(
                view.length() >= contents.length(),
                "The updater state of %s has %s elements, but %s needs %s for its matrices %s. %s",
                place.name(),
                view.length(),
                config.getClass().getSimpleName(),
                contents.length(),
                ParameterLayout.shapes(layout.segments()),
                place.remedy());
        this.state = new MatrixState(kernels, contents, view, initialize);
        for (Segment segment : layout.segments()) {
            MatrixMethod method = config.rules().method(segment);
            if (method == null) {
                rest.add(segment);
            } else {
                String name = place.part("parameter " + segment.name());
                matrices.add(new Matrix(segment, name, new MatrixPreconditioner(method)));
            }
        }
        this.fallback = rest.isEmpty() ? null : config.fallback().instantiate(state.rest(), initialize);
    }

    /**
     * Overwrites the gradient by the update.
     *
     * @param flat dense, one-dimensional, the layout's length
     */
    void step(INDArray flat, int iteration, int epoch, Diagnostics diagnostics) {
        double learningRate = config.checkedLearningRate(place.name(), iteration, epoch);
        scratch = Scratch.ofThread(type);
        long[] steps = requireValid();
        for (int i = 0; i < matrices.size(); i++) {
            Matrix matrix = matrices.get(i);
            MatrixMethod.Memory memory = new MatrixMethod.Memory(
                    kernels, scratch, state.part(i), steps[i], failures(matrix.name, diagnostics));
            long taken = matrix.preconditioner.step(matrix.segment.matrix(flat), learningRate, memory);
            if (taken != steps[i]) {
                state.setSteps(i, taken);
            }
        }
        if (fallback != null) {
            config.rules().fallback().follow(fallback, learningRate);
            stepRest(fallback, flat, iteration, epoch, diagnostics);
        }
    }

    private long[] requireValid() {
        try {
            return state.requireValid(layout.layer());
        } catch (IllegalStateException invalid) {
            if (!place.variable()) {
                throw invalid;
            }
            String message = String.format(
                    "The updater state of %s is not that of %s. %s",
                    place.name(), config.getClass().getSimpleName(), place.remedy());
            throw new IllegalStateException(message, invalid);
        }
    }

    private void stepRest(
            GradientUpdater<?> updater, INDArray flat, int iteration, int epoch, Diagnostics diagnostics) {
        boolean together = rest.get(rest.size() - 1).end() - rest.get(0).offset() == restLength();
        INDArray gradient = together
                ? flat.get(NDArrayIndex.interval(
                        rest.get(0).offset(), rest.get(rest.size() - 1).end()))
                : gather(flat);
        boolean finite = MatrixPreconditioner.finite(
                gradient, Double.MAX_VALUE, kernels, failures(place.part("fallback"), diagnostics));
        if (finite) {
            updater.applyUpdater(gradient, iteration, epoch);
        }
        if (!together) {
            scatter(gradient, flat);
        }
    }

    private Failures failures(String name, Diagnostics diagnostics) {
        return place.failures(name, config.rules().strict(), diagnostics);
    }

    private long restLength() {
        return rest.stream().mapToLong(Segment::length).sum();
    }

    private INDArray gather(INDArray flat) {
        int length = (int) restLength();
        INDArray gathered = scratch.matrix("rest", length, 1).reshape(length);
        long at = 0;
        for (Segment segment : rest) {
            kernels.transfer(run(flat, segment.offset(), segment), 1, run(gathered, at, segment), false);
            at += segment.length();
        }
        return gathered;
    }

    private void scatter(INDArray gathered, INDArray flat) {
        long at = 0;
        for (Segment segment : rest) {
            kernels.transfer(run(gathered, at, segment), 1, run(flat, segment.offset(), segment), false);
            at += segment.length();
        }
    }

    private static Kernels.Block run(INDArray array, long offset, Segment segment) {
        int length = (int) segment.length();
        return new Kernels.Block(array, offset, length, 1, length);
    }
}
