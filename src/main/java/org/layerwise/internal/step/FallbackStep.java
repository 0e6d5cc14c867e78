package org.layerwise.internal.step;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.layout.ParameterLayout.Span;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.internal.precondition.Scratch;
import org.layerwise.internal.step.StepHost.LayerContext;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.settings.StepRule.Part;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;

/** The step of the elements that no method serves, by one of DL4J's updaters. */
final class FallbackStep {
    private final FailureLog failures;
    private final List<Span> spans;
    private final long length;
    private final IUpdater configuration;
    private final @Nullable INDArray state;
    private final Kernels kernels = Kernels.forBackend();
    private GradientUpdater<?> updater;
    private double product;
    private boolean skipped;

    FallbackStep(
            FailureLog failures,
            List<Span> spans,
            IUpdater configuration,
            @Nullable INDArray state,
            boolean initialize) {
        this.failures = failures;
        this.spans = spans;
        this.length = spans.stream().mapToLong(Span::length).sum();
        this.configuration = configuration.clone(); // its rate changes from step to step
        this.state = state;
        this.updater = this.configuration.instantiate(state, initialize);
    }

    boolean skipped() {
        return skipped;
    }

    Part part(double learningRate) {
        return new Part(product, learningRate, false);
    }

    /**
     * Overwrites the gradient by the update.
     *
     * @param flat the layer's flat vector
     * @param rate of the fallback; 0 moves nothing
     * @param wantsProduct whether a step rule reads the product of update over rate and gradient
     */
    void step(INDArray flat, double rate, int iteration, int epoch, boolean wantsProduct, LayerContext context) {
        boolean together = spans.size() == 1;
        INDArray gradient = together
                ? flat.get(
                        NDArrayIndex.interval(spans.get(0).begin(), spans.get(0).end()))
                : gather(flat);
        product = 0;
        double norm = kernels.norm(gradient);
        skipped = !(norm <= Double.MAX_VALUE);
        if (skipped) {
            failures.report(context, Event.STEP_SKIPPED, Reason.NOT_FINITE, FiniteCheck.sentence(norm));
            gradient.assign(0);
        } else {
            apply(gradient, rate, iteration, epoch, wantsProduct, context);
        }
        if (!together) {
            scatter(gradient, flat);
        }
    }

    private void apply(
            INDArray gradient, double rate, int iteration, int epoch, boolean wantsProduct, LayerContext context) {
        INDArray before = wantsProduct && rate > 0 ? copy(gradient) : null;
        if (configuration.hasLearningRate()) {
            configuration.setLrAndSchedule(rate, null);
        }
        updater.applyUpdater(gradient, iteration, epoch);
        double norm = kernels.norm(gradient);
        boolean damaged = Double.isNaN(norm) || (state != null && !(kernels.norm(state) <= Double.MAX_VALUE));
        if (damaged || !(norm <= FiniteCheck.largestUpdate(gradient.dataType()))) {
            skipped = true;
            failures.report(
                    context,
                    damaged ? Event.STATE_RESET : Event.STEP_SKIPPED,
                    Reason.NOT_FINITE,
                    "the update of norm " + norm + " at rate " + rate + " is skipped"
                            + (damaged
                                    ? ": its state is damaged, and the fallback starts from zero"
                                    : ". Lower the learning rate"));
            if (damaged) {
                updater = configuration.instantiate(state, true);
            }
            gradient.assign(0);
        } else if (rate == 0) { // libnd4j's Adam takes its epsilon there
            gradient.assign(0);
        } else if (before != null) {
            product = kernels.dot(gradient, before) / rate;
        }
    }

    private INDArray copy(INDArray gradient) {
        int n = (int) length;
        INDArray copy = Scratch.ofThread(gradient.dataType())
                .matrix("fallback gradient", n, 1)
                .reshape(n);
        kernels.axpby(1, gradient, 0, copy);
        return copy;
    }

    private INDArray gather(INDArray flat) {
        int n = (int) length;
        INDArray gathered =
                Scratch.ofThread(flat.dataType()).matrix("rest", n, 1).reshape(n);
        long at = 0;
        for (Span span : spans) {
            kernels.transfer(run(flat, span.begin(), span), 1, run(gathered, at, span), false);
            at += span.length();
        }
        return gathered;
    }

    private void scatter(INDArray gathered, INDArray flat) {
        long at = 0;
        for (Span span : spans) {
            kernels.transfer(run(gathered, at, span), 1, run(flat, span.begin(), span), false);
            at += span.length();
        }
    }

    private static Block run(INDArray array, long offset, Span span) {
        int n = (int) span.length();
        return new Block(array, offset, n, 1, n);
    }
}
