package org.layerwise.internal.precondition;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.curvature.BatchStatistics;
import org.layerwise.internal.precondition.KroneckerMethod.Rules;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Damping;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.settings.Period;
import org.layerwise.settings.Role;
import org.layerwise.settings.Sides;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A Kronecker-factored method over a view of its own, fed by hand. */
final class HandFed implements StepContext {
    static final String LAYER = "dense7";

    final DataType type;
    final Setting setting;
    final INDArray view;
    final BatchStatistics batch;
    final Diagnostics diagnostics = new Diagnostics();
    final KroneckerMethod method;
    final KroneckerState state;
    private final Matrix matrix;
    private final Map<String, INDArray> sections = new LinkedHashMap<>();
    private final Scratch scratch;
    long step;
    private double product;

    /** Rules and whether failures are thrown. */
    record Setting(Rules rules, boolean strict) {}

    private HandFed(DataType type, int inputs, int outputs, Setting setting, @Nullable INDArray saved) {
        this.type = type;
        this.setting = setting;
        this.matrix = Matrix.contiguous("W", 0, inputs, outputs, Role.HIDDEN, 1);
        this.method = new KroneckerMethod(setting.rules, matrix);
        this.scratch = new Scratch(type);
        long length =
                method.sections(matrix).stream().mapToLong(Section::length).sum();
        this.view = saved == null ? RandomMatrices.offset(type, 1, Math.toIntExact(length)) : saved;
        if (saved == null) {
            view.assign(0);
        }
        INDArray flat = view.reshape(view.length());
        long at = 0;
        for (Section section : method.sections(matrix)) {
            sections.put(section.name(), flat.get(NDArrayIndex.interval(at, at + section.length())));
            at += section.length();
        }
        this.batch = (BatchStatistics) method.statistics(matrix, type);
        this.state = method.open(this);
    }

    static HandFed of(DataType type, Sides sides, int inputs, int outputs, Setting setting) {
        Rules rules = setting.rules;
        Rules sided = new Rules(
                sides,
                rules.damping(),
                rules.decay(),
                rules.statistics(),
                rules.refresh(),
                rules.eigenvalueCorrected(),
                rules.largestBlock());
        return new HandFed(type, inputs, outputs, new Setting(sided, setting.strict), null);
    }

    static HandFed of(DataType type, int inputs, int outputs, Damping damping) {
        return of(type, Sides.BOTH, inputs, outputs, rules(damping));
    }

    static Setting setting(Damping damping, double decay, boolean eigenvalueCorrected, boolean strict) {
        Period always = Period.every(1);
        return new Setting(
                new Rules(Sides.BOTH, damping, decay, always, always, eigenvalueCorrected, Integer.MAX_VALUE), strict);
    }

    /** Decay 0: the running factors are those of the last batch. */
    static Setting rules(Damping damping) {
        return setting(damping, 0, false, false);
    }

    static Setting strict(Damping damping) {
        return setting(damping, 0, false, true);
    }

    static Setting ekfac(Damping damping, double decay) {
        return setting(damping, decay, true, false);
    }

    /** New objects over the same view, as DL4J makes them when a network is restored. */
    HandFed resumed() {
        HandFed resumed = new HandFed(type, matrix.rows(), matrix.columns(), setting, view);
        resumed.step = step;
        return resumed;
    }

    /** Absorbs factors as one batch. */
    HandFed absorb(double[][] a, double[][] g) {
        batch.clear();
        if (setting.rules.sides().usesInput()) {
            batch.input().assign(Loops.array(a, type, 'f'));
        }
        if (setting.rules.sides().usesOutput()) {
            batch.output().assign(Loops.array(g, type, 'f'));
        }
        absorbBatch();
        return this;
    }

    /** Absorbs the examples of one batch. */
    HandFed absorbExamples(double[][] x, double[][] g) {
        batch.clear();
        double weight = 1.0 / x.length;
        batch.addInput(Loops.array(x, type, 'c'), weight);
        batch.addOutput(Loops.array(g, type, 'c'), weight);
        batch.addSquares(Loops.array(x, type, 'c'), Loops.array(g, type, 'c'), weight);
        absorbBatch();
        return this;
    }

    void absorbBatch() {
        method.absorb(batch, state, this);
    }

    HandFed refresh() {
        if (state.statistics() > 0) {
            method.refresh(state, this);
        }
        return this;
    }

    void synchronize() {
        method.synchronize(this);
    }

    /** The preconditioned gradient; the plain gradient would be scaled by 10. */
    double[][] apply(double[][] d) {
        INDArray v = RandomMatrices.offset(type, d.length, d[0].length);
        product = method.step(Loops.array(d, type, 'f'), v, this);
        return Loops.of(v);
    }

    /** What the last {@link #apply} returned. */
    double product() {
        return product;
    }

    long count(Event event) {
        return diagnostics.count(event);
    }

    /** The damped curvature that the method inverts, read off its action on every unit matrix. */
    double[][] curvature() {
        int m = matrix.rows();
        int size = m * matrix.columns();
        double[][] inverse = new double[size][size];
        for (int k = 0; k < size; k++) {
            double[][] unit = new double[m][matrix.columns()];
            unit[k % m][k / m] = 1;
            double[][] column = Loops.vec(apply(unit));
            for (int i = 0; i < size; i++) {
                inverse[i][k] = column[i][0];
            }
        }
        return Loops.inverse(inverse);
    }

    @Override
    public INDArray state(String section) {
        return Objects.requireNonNull(sections.get(section));
    }

    @Override
    public long steps() {
        return step;
    }

    @Override
    public boolean due(String work) {
        return false;
    }

    @Override
    public boolean due(String work, int item, int items) {
        return false;
    }

    @Override
    public long count(String work) {
        return 0;
    }

    @Override
    public Method.@Nullable Statistics statistics() {
        return batch;
    }

    @Override
    public double scale() {
        return 0.1;
    }

    @Override
    public boolean productNeeded() {
        return true;
    }

    @Override
    public INDArray scratch(String name, int rows, int columns) {
        return scratch.matrix(name, rows, columns);
    }

    @Override
    public void report(Event event, Reason reason, String what) {
        if (setting.strict) {
            throw new NumericalException(reason, place() + ": " + what);
        }
        diagnostics.record(event);
    }

    @Override
    public void note(Event event, @Nullable Reason reason, String what) {
        diagnostics.record(event);
    }

    @Override
    public void refreshed(String factor, long nanos, double damping) {}

    @Override
    public boolean strict() {
        return setting.strict;
    }

    @Override
    public String place() {
        return "Layer " + LAYER;
    }
}
