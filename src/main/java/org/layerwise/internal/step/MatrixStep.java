package org.layerwise.internal.step;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.layout.FlatMatrix;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.internal.precondition.Scratch;
import org.layerwise.internal.step.StepHost.LayerContext;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Observer.FactorRefreshed;
import org.layerwise.method.Observer.StepTaken;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.settings.StepRule.Part;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One matrix's part of a layer's step: gather D, direct V by the method, and write u = lr nu V, summed up with momentum. */
final class MatrixStep implements StepContext {
    /** Name of the section that sums directions. */
    static final String VELOCITY = "velocity";

    private final Rules rules;
    private final FailureLog failures;
    private final Matrix matrix;
    private final Method method;
    private final MatrixState state;
    private final FlatMatrix map;
    private final Kernels kernels = Kernels.forBackend();
    private final DataType type;
    private Scratch scratch;
    private LayerContext layer = LayerContext.alone(new Diagnostics());
    private @Nullable INDArray direction;
    private double gradientNorm;
    private double norm;
    private double updateNorm;
    private double product;
    private boolean skipped;

    /**
     * What the matrices of a layer have in common.
     *
     * @param couplesLayers whether layers wait for each other, which has directions outlive the call
     * @param samples whether D is the canonical gradient
     * @param momentum that sums directions
     */
    record Rules(boolean couplesLayers, boolean samples, Momentum momentum) {
        /** A sum of finite directions is checked as a sum, and a finite product with D shows that V is finite. */
        boolean checksSumAlone() {
            return couplesLayers && momentum.decay() > 0 && !momentum.nesterov();
        }
    }

    MatrixStep(Rules rules, FailureLog failures, Matrix matrix, Method method, MatrixState state, DataType type) {
        this.rules = rules;
        this.failures = failures;
        this.matrix = matrix;
        this.method = method;
        this.state = state;
        this.type = type;
        this.map = new FlatMatrix(kernels, matrix);
        this.scratch = Scratch.ofThread(type);
    }

    Matrix matrix() {
        return matrix;
    }

    boolean skipped() {
        return skipped;
    }

    /** A number that depends on all data that entered the step; 0 if it was skipped. */
    double content() {
        return skipped ? 0 : gradientNorm + updateNorm;
    }

    Part part(double learningRate) {
        return new Part(skipped ? 0 : product, learningRate, true);
    }

    private void enter(LayerContext context) {
        layer = context;
        scratch = Scratch.ofThread(type); // keeps the thread's working memory alive
    }

    boolean samplesDue(LayerContext context) {
        enter(context);
        return method.samplesDue(this);
    }

    void prepare(LayerContext context) {
        enter(context);
        method.prepare(this);
    }

    /** V from D. */
    void direct(INDArray flat, LayerContext context) {
        enter(context);
        if (!state.isFinite(kernels, matrix.length())) {
            reset("its state is damaged; the method starts from zero");
        }
        state.beginStep();
        method.absorb(this);
        INDArray gradient = gradient(flat);
        INDArray v = directionArray();
        product = 0;
        norm = 0;
        updateNorm = 0;
        gradientNorm = kernels.norm(gradient);
        skipped = !FiniteCheck.passes(gradientNorm, method.largestNorm(type), this);
        if (skipped) {
            return;
        }
        product = directed(gradient, v);
        skipped = Double.isNaN(product);
        norm = skipped || rules.checksSumAlone() ? 0 : kernels.norm(v);
        if (!(norm <= Double.MAX_VALUE) || (rules.couplesLayers() && !(Math.abs(product) <= Double.MAX_VALUE))) {
            skipped = true;
            reset("the update is not finite although the gradient is: its state is damaged. The step is skipped and the"
                    + " method starts from zero");
        }
    }

    /** A method that fails with a finite gradient over a state that is not has the state to blame. */
    private double directed(INDArray gradient, INDArray v) {
        try {
            return method.step(gradient, v, this);
        } catch (NumericalException failure) {
            if (state.isFinite(kernels, Long.MAX_VALUE)) {
                throw failure;
            }
            throw new NumericalException(
                    failure.reason(), failures.title() + ": its state is damaged: " + failure.getMessage());
        }
    }

    private void reset(String what) {
        report(Event.STATE_RESET, Reason.NOT_FINITE, what);
        state.reset();
        norm = 0;
    }

    private INDArray gradient(INDArray flat) {
        double scale = scale();
        if (scale == 1 && matrix.contiguous()) {
            return map.view(flat);
        }
        INDArray gathered = scratch.matrix("step gradient", matrix.rows(), matrix.columns());
        map.gather(flat, scale, gathered);
        return gathered;
    }

    private INDArray directionArray() {
        if (!rules.couplesLayers()) {
            direction = scratch.matrix("step direction", matrix.rows(), matrix.columns());
        } else if (direction == null) {
            direction = Nd4j.createUninitializedDetached(type, 'f', matrix.rows(), matrix.columns());
        }
        return Objects.requireNonNull(direction);
    }

    /**
     * Writes the update, which is checked before it reaches the gradient view.
     *
     * @param flat the layer's flat vector; 0 at the matrix's elements if {@code add}
     * @param learningRate lr
     * @param nu of the step rule
     * @param add whether somebody may have written into the view since it was cleared
     */
    void write(INDArray flat, double learningRate, double nu, boolean add) {
        INDArray v = Objects.requireNonNull(direction);
        if (skipped) {
            clear(flat, add);
            return;
        }
        state.countStep();
        double rate = learningRate * nu;
        if (rules.momentum().decay() == 0) {
            writeChecked(flat, rate * norm, learningRate, add, () -> map.scatter(v, rate, flat, add));
        } else {
            writeSum(v, rate, flat, learningRate, add);
        }
    }

    /** The sum of directions, checked once it has taken this one in. */
    private void writeSum(INDArray v, double rate, INDArray flat, double learningRate, boolean add) {
        double decay = rules.momentum().decay();
        INDArray velocity = state.section(VELOCITY).reshape('f', matrix.rows(), matrix.columns());
        kernels.axpby(rate, v, decay, velocity);
        double length = kernels.norm(velocity);
        if (!(length <= Double.MAX_VALUE)) {
            clear(flat, add);
            skipped = true;
            velocity.assign(0);
            report(
                    Event.STATE_RESET,
                    Reason.NOT_FINITE,
                    "the velocity in its state is not finite; it is set to 0" + overflow(rate));
            return;
        }
        if (rules.momentum().nesterov()) {
            writeChecked(flat, decay * length + rate * norm, learningRate, add, () -> {
                map.scatter(velocity, decay, flat, add);
                map.scatter(v, rate, flat, true);
            });
        } else {
            writeChecked(flat, length, learningRate, add, () -> map.scatter(velocity, 1, flat, add));
        }
    }

    private void writeChecked(INDArray flat, double length, double learningRate, boolean add, Runnable write) {
        updateNorm = learningRate == 0 ? 0 : length;
        if (updateNorm == 0) { // a huge rate times zero would be NaN
            clear(flat, add);
        } else if (length <= FiniteCheck.largestUpdate(type)) {
            write.run();
        } else {
            clear(flat, add);
            skipped = true;
            report(
                    Event.STEP_SKIPPED,
                    Reason.NOT_FINITE,
                    "the update's norm would be " + length + "; the step is skipped" + overflow(learningRate));
        }
    }

    private static String overflow(double rate) {
        return ". Lower the learning rate, which is " + rate + " here";
    }

    private void clear(INDArray flat, boolean add) {
        if (!add) {
            INDArray zero = scratch.matrix("step gradient", matrix.rows(), matrix.columns());
            zero.assign(0);
            map.scatter(zero, 1, flat, false);
        }
    }

    /** Tells observers of a step that was taken. */
    void tell(double learningRate, double nu) {
        if (!skipped) {
            layer.observer()
                    .stepped(new StepTaken(
                            failures.layer(),
                            failures.part(),
                            state.steps(),
                            learningRate,
                            nu,
                            gradientNorm,
                            updateNorm));
        }
    }

    /** Sets the matrix's elements to 0, to be added to later. */
    void clear(INDArray flat) {
        clear(flat, false);
    }

    @Override
    public INDArray state(String section) {
        return state.section(section);
    }

    @Override
    public long steps() {
        return state.steps();
    }

    @Override
    public boolean due(String task) {
        return state.ledger(task).due(state.steps() + 1);
    }

    @Override
    public boolean due(String task, int item, int items) {
        return state.ledger(task).due(state.steps() + 1, item, items);
    }

    @Override
    public long count(String task) {
        return state.ledger(task).count();
    }

    @Override
    public Method.@Nullable Statistics statistics() {
        return layer.samples().of(matrix);
    }

    @Override
    public double scale() {
        return rules.samples() ? layer.scale() : 1;
    }

    @Override
    public boolean productNeeded() {
        return rules.couplesLayers();
    }

    @Override
    public INDArray scratch(String name, int rows, int columns) {
        return scratch.matrix(name, rows, columns);
    }

    @Override
    public void report(Event event, Reason reason, String what) {
        failures.report(layer, event, reason, what);
    }

    @Override
    public void note(Event event, @Nullable Reason reason, String what) {
        failures.note(layer, event, reason, what);
    }

    @Override
    public void refreshed(String factor, long nanos, double damping) {
        layer.observer()
                .refreshed(
                        new FactorRefreshed(failures.layer(), failures.part(), factor, state.steps(), nanos, damping));
    }

    @Override
    public boolean strict() {
        return failures.strict();
    }

    @Override
    public String place() {
        return failures.title();
    }
}
