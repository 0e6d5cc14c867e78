package org.layerwise.testing;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.precondition.Scratch;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.PeriodicTask;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.settings.Role;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One matrix with its method and an array for each section of state, stepped without an updater. What is due follows from the
 * step number alone, by simulation. Matrices are [fanIn][fanOut].
 */
public final class MethodSteps implements StepContext {
    /** The matrix in messages. */
    public static final String PLACE = "Layer layer0, parameter W";

    private final @Nullable Method method;
    private final DataType type;
    private final boolean strict;
    private final Scratch scratch;
    private final Map<String, INDArray> sections = new LinkedHashMap<>();
    private final Map<String, Schedule> schedules = new HashMap<>();
    private final Diagnostics diagnostics;
    private Method.@Nullable Statistics statistics;
    private boolean productNeeded;
    private double product;
    private long steps;

    /** When work is due up to a step. */
    private static final class Schedule {
        private final PeriodicTask work;
        private long own;
        private long latest;
        private long following;
        private long count;

        Schedule(PeriodicTask work) {
            this.work = work;
            this.own = work.origin();
            this.following = work.first();
        }

        Schedule advance(long step) {
            while (following <= step) {
                latest = following;
                count++;
                while (own <= latest) {
                    own = work.period().next(own);
                }
                following = own;
            }
            return this;
        }
    }

    private MethodSteps(@Nullable Method method, DataType type, boolean strict, Diagnostics diagnostics) {
        this.method = method;
        this.type = type;
        this.strict = strict;
        this.scratch = new Scratch(type);
        this.diagnostics = diagnostics;
    }

    /**
     * A step without method and state: working memory, and what becomes of failures.
     *
     * @param type of the working memory
     * @param strict whether failures are thrown
     * @param diagnostics where they are counted
     * @return the context
     */
    public static MethodSteps withoutState(DataType type, boolean strict, Diagnostics diagnostics) {
        return new MethodSteps(null, type, strict, diagnostics);
    }

    /**
     * Starts before the first step.
     *
     * @param method of the matrix
     * @param rows inputs
     * @param columns outputs
     * @param type of the elements
     * @param strict whether failures are thrown
     * @return the matrix with a state of zeros
     */
    public static MethodSteps start(Method method, int rows, int columns, DataType type, boolean strict) {
        return start(method, Matrix.contiguous("W", 0, rows, columns, Role.HIDDEN, 1), type, strict);
    }

    /**
     * Starts before the first step.
     *
     * @param method of the matrix
     * @param matrix the matrix
     * @param type of the elements
     * @param strict whether failures are thrown
     * @return the matrix with a state of zeros
     */
    public static MethodSteps start(Method method, Matrix matrix, DataType type, boolean strict) {
        MethodSteps started = new MethodSteps(method, type, strict, new Diagnostics());
        for (Section section : method.sections(matrix)) {
            INDArray array = section.length() == 0 ? Nd4j.empty(type) : Nd4j.create(type, section.length());
            started.sections.put(section.name(), array);
        }
        return started;
    }

    /**
     * The direction of a step; the step is counted.
     *
     * @param gradient read
     * @return the direction
     */
    public double[][] step(double[][] gradient) {
        schedules.clear();
        for (PeriodicTask work : java.util.Objects.requireNonNull(method).tasks()) {
            schedules.put(work.name(), new Schedule(work).advance(steps + 1));
        }
        INDArray d = Loops.array(gradient, type, 'f');
        INDArray before = d.dup();
        INDArray v = RandomMatrices.offset(type, gradient.length, gradient[0].length); // NaN that must be overwritten
        product = method.step(d, v, this);
        if (!d.equals(before)) {
            throw new AssertionError("The method wrote into the gradient");
        }
        steps++;
        return Loops.of(v);
    }

    /**
     * Has {@link #step} ask for the product.
     *
     * @return this
     */
    public MethodSteps withProduct() {
        this.productNeeded = true;
        return this;
    }

    /**
     * Hands samples to the coming calls.
     *
     * @param samples of the step; null for none
     */
    public void observe(Method.@Nullable Statistics samples) {
        this.statistics = samples;
    }

    /** Goes to the next step without {@link #step}. */
    public void countStep() {
        steps++;
    }

    /**
     * What the last step returned.
     *
     * @return &lt;V, D&gt; with {@link #withProduct}
     */
    public double product() {
        return product;
    }

    /**
     * All sections of state.
     *
     * @return in the method's order
     */
    public List<INDArray> sections() {
        return List.copyOf(sections.values());
    }

    /**
     * Takes over a state, as DL4J does.
     *
     * @param saved as {@link #sections}
     * @param taken steps that it has taken
     */
    public void assign(List<INDArray> saved, long taken) {
        List<INDArray> own = sections();
        for (int i = 0; i < own.size(); i++) {
            if (!own.get(i).isEmpty()) {
                own.get(i).assign(saved.get(i));
            }
        }
        steps = taken;
    }

    @Override
    public INDArray state(String section) {
        return java.util.Objects.requireNonNull(sections.get(section), section);
    }

    @Override
    public long steps() {
        return steps;
    }

    private Schedule schedule(String work) {
        return java.util.Objects.requireNonNull(schedules.get(work), work);
    }

    @Override
    public boolean due(String work) {
        return schedule(work).latest == steps + 1;
    }

    @Override
    public boolean due(String work, int item, int items) {
        Schedule schedule = schedule(work);
        long spread = Math.min(items, schedule.following - schedule.latest);
        return schedule.count > 0 && item * spread / items == steps + 1 - schedule.latest;
    }

    @Override
    public long count(String work) {
        return schedule(work).count;
    }

    @Override
    public Method.@Nullable Statistics statistics() {
        return statistics;
    }

    @Override
    public double scale() {
        return 1;
    }

    @Override
    public boolean productNeeded() {
        return productNeeded;
    }

    @Override
    public INDArray scratch(String name, int rows, int columns) {
        return scratch.matrix(name, rows, columns);
    }

    @Override
    public void report(Event event, Reason reason, String what) {
        if (strict) {
            throw new NumericalException(reason, PLACE + ": " + what);
        }
        diagnostics.record(event);
    }

    @Override
    public void note(Event event, @Nullable Reason reason, String what) {
        diagnostics.record(event);
    }

    @Override
    public void refreshed(String factor, long nanos, double damping) {}

    /** What has failed. */
    public Diagnostics diagnostics() {
        return diagnostics;
    }

    @Override
    public boolean strict() {
        return strict;
    }

    @Override
    public String place() {
        return PLACE;
    }
}
