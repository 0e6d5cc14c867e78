package org.layerwise.internal.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.layout.ParameterLayout.Span;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.step.StepHost.LayerContext;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.StepRule;
import org.layerwise.settings.StepRule.Part;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step of one updater block: every matrix by its method, all other elements by the fallback, in place in the flat
 * gradient, which DL4J subtracts. Where the step rule couples layers, the preconditioned part is 0 until the last layer has
 * handed in, and added then, since DL4J adds weight decay to the view in the meantime.
 */
final class LayerStep implements NetworkStep.Member {
    private static final Logger log = LoggerFactory.getLogger(LayerStep.class);

    private final BlockConfiguration config;
    private final ParameterLayout layout;
    private final UpdaterSettings settings;
    private final BlockLabel label;
    private final LayerState state;
    private final List<MatrixStep> matrices = new ArrayList<>();
    private final @Nullable FallbackStep fallback;
    private @Nullable INDArray flat;
    private Diagnostics diagnostics = new Diagnostics();
    private double learningRate;

    /**
     * What messages call a block.
     *
     * @param name in the middle of a sentence
     * @param variable whether it is a SameDiff variable, which shows its shape but not its name, and has no attachment
     */
    record BlockLabel(String name, boolean variable) {
        /** The name of one part at the beginning of a sentence; a variable has no parts. */
        String part(String part) {
            String title = Character.toUpperCase(name.charAt(0)) + name.substring(1);
            return variable ? title : title + ", " + part;
        }

        /** What to do about a state that does not fit. */
        String remedy() {
            return variable
                    ? "It was saved by another version or with other settings; load the graph without it,"
                            + " SameDiff.load(file, false)."
                    : "If the layer's size was changed, call Layerwise.attach(net) again.";
        }
    }

    LayerStep(
            BlockConfiguration config,
            ParameterLayout layout,
            BlockLabel label,
            DataType type,
            @Nullable INDArray view,
            boolean initialize) {
        this.config = config;
        this.layout = layout;
        this.settings = config.settings();
        this.label = label;
        StateContents contents = contents(settings, layout);
        long available = view == null ? 0 : view.length();
        Require.argument(
                available >= contents.length(),
                "The updater state of %s has %s elements, but %s needs %s for its matrices %s. %s",
                label.name,
                available,
                config.getClass().getSimpleName(),
                contents.length(),
                ParameterLayout.shapes(layout.matrices()),
                label.remedy());
        INDArray array = view == null ? org.nd4j.linalg.factory.Nd4j.empty(type) : view;
        this.state = new LayerState(Kernels.forBackend(), contents, array, initialize);
        MatrixStep.Rules rules = new MatrixStep.Rules(
                settings.stepRule().couplesLayers(), settings.needsSamples(), settings.directionMomentum());
        for (Matrix matrix : layout.matrices()) {
            Method method = settings.method(matrix);
            if (method != null) {
                FailureLog failures = failureLog(matrix.name(), "parameter " + matrix.name());
                matrices.add(new MatrixStep(rules, failures, matrix, method, state.matrix(matrices.size()), type));
            }
        }
        List<Span> rest = unserved(settings, layout);
        this.fallback = rest.isEmpty()
                ? null
                : new FallbackStep(
                        failureLog("fallback", "fallback"),
                        rest,
                        settings.fallback().updater(),
                        state.fallbackState(),
                        initialize);
    }

    private FailureLog failureLog(String part, String words) {
        return new FailureLog(
                layout.layer(), part, label.part(words), settings.failures().strict(), !label.variable);
    }

    private static List<Span> unserved(UpdaterSettings settings, ParameterLayout layout) {
        return layout.unserved(matrix -> settings.method(matrix) != null);
    }

    /** What the state of a block holds. */
    static StateContents contents(UpdaterSettings settings, ParameterLayout layout) {
        List<StateContents.Part> parts = new ArrayList<>();
        for (Matrix matrix : layout.matrices()) {
            Method method = settings.method(matrix);
            if (method != null) {
                List<Section> sections = new ArrayList<>(method.sections(matrix));
                if (settings.directionMomentum().decay() > 0) {
                    sections.add(new Section(MatrixStep.VELOCITY, matrix.length(), Section.Kind.MEAN));
                }
                parts.add(new StateContents.Part(matrix.rows(), matrix.columns(), sections, method.tasks()));
            }
        }
        long others =
                unserved(settings, layout).stream().mapToLong(Span::length).sum();
        long rest = others == 0 ? 0 : settings.fallback().updater().stateSize(others);
        String name = rest == 0 ? "" : settings.fallback().updater().getClass().getSimpleName();
        return new StateContents(settings.methodName(), parts, rest, name);
    }

    List<MatrixStep> matrices() {
        return matrices;
    }

    /** Reads the counters before the step's first pass. */
    void open() {
        check(() -> state.open(layout.layer()));
    }

    private void check(Runnable reading) {
        try {
            reading.run();
        } catch (IllegalStateException invalid) {
            if (!label.variable) {
                throw invalid;
            }
            String message = String.format(
                    "The updater state of %s is not that of %s. %s",
                    label.name, config.getClass().getSimpleName(), label.remedy());
            throw new IllegalStateException(message, invalid);
        }
    }

    /** Overwrites the gradient by the update. */
    void step(INDArray gradient, int iteration, int epoch, LayerContext context) {
        learningRate = config.checkedLearningRate(label.name, iteration, epoch);
        diagnostics = context.diagnostics();
        flat = gradient;
        boolean couplesLayers = rule().couplesLayers() && !matrices.isEmpty();
        check(() -> state.beginStep(layout.layer()));
        for (MatrixStep matrix : matrices) {
            matrix.direct(gradient, context);
            if (couplesLayers) {
                matrix.clear(gradient);
            } else {
                matrix.write(gradient, learningRate, 1, false);
            }
        }
        if (fallback != null) {
            double rate = config.fallbackRate(learningRate, iteration, epoch);
            fallback.step(gradient, rate, iteration, epoch, couplesLayers, context);
        }
        if (couplesLayers) {
            context.network().submit(this);
        } else {
            close(1);
        }
    }

    @Override
    public void finish(double scale) {
        INDArray target = Objects.requireNonNull(flat);
        for (MatrixStep matrix : matrices) {
            matrix.write(target, learningRate, scale, true);
        }
        close(scale);
    }

    private void close(double scale) {
        flat = null;
        double content = 0;
        boolean skipped = fallback != null && fallback.skipped();
        for (MatrixStep matrix : matrices) {
            content += matrix.content();
            skipped |= matrix.skipped();
        }
        state.close(scale, content);
        matrices.forEach(matrix -> matrix.tell(learningRate, scale));
        haltIfStuck(skipped);
    }

    /** Skipped steps must not end in a network that only looks alive. */
    private void haltIfStuck(boolean skipped) {
        long inARow = diagnostics.countInARow(skipped);
        FailureHandling handling = settings.failures();
        if (inARow == 0 || inARow % handling.patience() != 0) {
            return;
        }
        String message = String.format(
                "%s has skipped %s steps in a row (%s): it does not learn. Check data, labels and learning rate (%s here).",
                label.part("all parts"), inARow, diagnostics, learningRate);
        if (handling.halts()) {
            throw new NumericalException(NumericalException.Reason.NOT_FINITE, message);
        }
        log.error("{}", message);
    }

    @Override
    public String place() {
        return label.name;
    }

    @Override
    public StepRule rule() {
        return settings.stepRule();
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        matrices.forEach(matrix -> parts.add(matrix.part(learningRate)));
        if (fallback != null) {
            parts.add(fallback.part(learningRate));
        }
        return parts;
    }
}
