package org.layerwise.internal.precondition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.curvature.BatchStatistics;
import org.layerwise.internal.curvature.MovingAverage;
import org.layerwise.internal.curvature.Partition;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.method.Section.Kind;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Damping;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.NumericalException.Reason;
import org.layerwise.settings.Period;
import org.layerwise.settings.Sides;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kronecker-factored preconditioning (K-FAC, FOOF, E-KFAC): absorbs statistics now and then, refreshes the inverse more
 * rarely, applies it at every step.
 */
public final class KroneckerMethod implements Method {
    private final Rules rules;
    private final Matrix matrix;
    private final Kernels kernels = Kernels.forBackend();
    private @Nullable KroneckerState state;
    private @Nullable CurvatureInverse inverse;

    /** What the inverse was computed from; empty if there is none. */
    private double[] source = new double[0];

    /**
     * Everything that decides a step.
     *
     * @param sides which factors are used
     * @param damping of the curvature
     * @param decay of the factors' moving average, in [0, 1)
     * @param statistics when statistics are taken; steps count from 0
     * @param refresh when the inverse is computed; steps count from 0
     * @param eigenvalueCorrected whether second moments in the eigenbasis replace the products of eigenvalues (E-KFAC)
     * @param largestBlock of a factor; a side that is longer has a block-diagonal one, but where eigenbases are used
     */
    public record Rules(
            Sides sides,
            Damping damping,
            double decay,
            Period statistics,
            Period refresh,
            boolean eigenvalueCorrected,
            int largestBlock) {
        boolean usesEigenbasis() {
            return eigenvalueCorrected || (damping instanceof Damping.Exact && sides == Sides.BOTH);
        }

        /**
         * How many blocks the input factor of a matrix has.
         *
         * @param matrix [dA, dG]
         * @return 1 for a dense one; 0 for none
         */
        public int inputBlocks(Matrix matrix) {
            return sides.usesInput() ? inputPartition(matrix).blocks() : 0;
        }

        /**
         * How many blocks the output factor of a matrix has.
         *
         * @param matrix [dA, dG]
         * @return 1 for a dense one; 0 for none
         */
        public int outputBlocks(Matrix matrix) {
            return sides.usesOutput() ? outputPartition(matrix).blocks() : 0;
        }

        private Partition inputPartition(Matrix matrix) {
            return partition(matrix.rows(), matrix.columns());
        }

        private Partition outputPartition(Matrix matrix) {
            return partition(matrix.columns(), matrix.rows());
        }

        private Partition partition(int dimension, int other) {
            return usesEigenbasis() ? Partition.dense(dimension) : Partition.of(dimension, other, largestBlock);
        }
    }

    /**
     * Creates the method of a matrix.
     *
     * @param rules that decide a step
     * @param matrix [dA, dG]
     */
    public KroneckerMethod(Rules rules, Matrix matrix) {
        this.rules = rules;
        this.matrix = matrix;
    }

    private KroneckerState.Contents contents() {
        return new KroneckerState.Contents(
                rules.sides, rules.inputPartition(matrix), rules.outputPartition(matrix), rules.eigenvalueCorrected);
    }

    @Override
    public List<Section> sections(Matrix served) {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(KroneckerState.AGES, KroneckerState.AGES_LENGTH, Kind.COUNTER));
        if (rules.sides.usesInput()) {
            sections.add(new Section(KroneckerState.INPUT, Factor.length(rules.inputPartition(served)), Kind.MEAN));
        }
        if (rules.sides.usesOutput()) {
            sections.add(new Section(KroneckerState.OUTPUT, Factor.length(rules.outputPartition(served)), Kind.MEAN));
        }
        if (rules.eigenvalueCorrected) {
            sections.add(new Section(KroneckerState.SCALES, served.length(), Kind.MEAN));
        }
        return sections;
    }

    @Override
    public Statistics statistics(Matrix served, DataType type) {
        return new BatchStatistics(
                kernels,
                type,
                rules.sides,
                rules.inputPartition(served),
                rules.outputPartition(served),
                served.bands().size() > 1,
                rules.eigenvalueCorrected);
    }

    @Override
    public boolean samplesDue(StepContext context) {
        KroneckerState s = open(context);
        return isDue(rules.statistics, context.steps(), s.lastStatistics());
    }

    /** A date in the future was not written by a run. */
    private static boolean isDue(Period period, long step, long last) {
        return last > step || period.due(step, last);
    }

    KroneckerState open(StepContext context) {
        KroneckerState known = state;
        if (known == null || !known.isOf(context)) {
            known = KroneckerState.open(kernels, contents(), context);
            state = known;
            inverse = rules.usesEigenbasis()
                    ? new EigenbasisInverse(kernels, known, rules.damping)
                    : new FactoredInverse(kernels, known, rules.damping);
            source = new double[0];
        }
        return known;
    }

    private CurvatureInverse inverse() {
        return Objects.requireNonNull(inverse);
    }

    @Override
    public void prepare(StepContext context) {
        open(context);
        synchronize(context);
        shareBasis(context);
    }

    @Override
    public void absorb(StepContext context) {
        KroneckerState s = open(context);
        synchronize(context);
        if (context.statistics() instanceof BatchStatistics batch && batch.filled()) {
            absorb(batch, s, context);
            batch.clear();
        }
        if (isDue(rules.refresh, context.steps(), s.lastRefresh()) && s.statistics() > 0) {
            refresh(s, context);
        }
    }

    /** Blends a batch into the factors. */
    void absorb(BatchStatistics batch, KroneckerState s, StepContext context) {
        if (!batch.finite()) {
            context.report(
                    Event.STATISTICS_DROPPED,
                    Reason.NOT_FINITE,
                    "the batch statistics hold NaN or infinities and are dropped. Check the input data");
            return;
        }
        s.countStatistics(context.steps());
        double weight = MovingAverage.weight(rules.decay, s.statistics());
        Factor a = s.input();
        if (a != null) {
            a.blend(batch.inputBlocks(), weight, kernels);
        }
        Factor g = s.output();
        if (g != null) {
            g.blend(batch.outputBlocks(), weight, kernels);
        }
        INDArray scales = s.scales();
        if (scales != null && batch.hasSquares() && s.hasSnapshot() && ready()) {
            // S starts at the product of eigenvalues, which needs no debiasing.
            kernels.axpby(1 - rules.decay, batch.squares(), rules.decay, scales);
            ((EigenbasisInverse) inverse()).rescale();
        }
    }

    /** Computes the inverse of the running factors; on failure the last good one stays. */
    void refresh(KroneckerState s, StepContext context) {
        s.countRefresh(context.steps());
        try {
            inverse().compute(false, context);
            s.promote();
            source = s.fingerprint();
            shareBasis(context);
        } catch (NumericalException failure) {
            if (!s.isFinite()) { // statistics are checked before they enter: somebody has damaged the state
                s.forgetStatistics();
                if (context.strict()) {
                    throw damaged(failure, context);
                }
                context.note(Event.STATE_RESET, failure.reason(), "its factors were damaged; they start from zero");
            }
            if (context.strict()) {
                throw failure;
            }
            context.report(
                    s.hasSnapshot() ? Event.INVERSE_KEPT : Event.PLAIN_GRADIENT,
                    failure.reason(),
                    "its curvature could not be inverted: " + failure.getMessage());
        }
    }

    private static NumericalException damaged(NumericalException failure, StepContext context) {
        return new NumericalException(
                Reason.NOT_FINITE,
                context.place() + ": its factors were damaged in the updater state: " + failure.getMessage());
    }

    private boolean ready() {
        return source.length > 0;
    }

    private void shareBasis(StepContext context) {
        if (rules.eigenvalueCorrected
                && ready()
                && inverse() instanceof EigenbasisInverse eigen
                && context.statistics() instanceof BatchStatistics batch) {
            batch.setBasis(eigen.inputBasis(), eigen.outputBasis());
        }
    }

    /** Rebuilds the inverse where somebody has written other factors into the state: loading, averaging. */
    void synchronize(StepContext context) {
        KroneckerState s = Objects.requireNonNull(state);
        double[] now = s.fingerprint();
        if (Arrays.equals(now, source) || (!s.hasSnapshot() && !ready())) {
            return;
        }
        source = new double[0];
        if (!s.hasSnapshot()) {
            return;
        }
        try {
            inverse().compute(true, context);
            source = now;
            shareBasis(context);
            context.note(Event.INVERSE_REBUILT, null, "the state was written from outside; the inverse is rebuilt");
        } catch (NumericalException failure) {
            if (context.strict()) {
                throw s.isFinite() ? failure : damaged(failure, context);
            }
            context.report(
                    Event.PLAIN_GRADIENT,
                    failure.reason(),
                    "the inverse could not be rebuilt: " + failure.getMessage());
        }
    }

    @Override
    public double step(INDArray gradient, INDArray direction, StepContext context) {
        if (ready()) {
            inverse().apply(gradient, direction, context);
            double product = kernels.dot(direction, gradient);
            if (product >= 0 && product <= Double.MAX_VALUE) {
                return product;
            }
        }
        if (ready() && scalesDamaged(context)) {
            source = new double[0];
            open(context).forgetScales();
        }
        double norm = kernels.dot(gradient, gradient);
        if (!(norm <= Double.MAX_VALUE)) {
            context.report(
                    Event.STEP_SKIPPED, Reason.NOT_FINITE, "the gradient's square is not finite; the step is skipped");
            return Double.NaN;
        }
        if (context.strict() && ready()) {
            throw new NumericalException(
                    Reason.NOT_POSITIVE_DEFINITE, context.place() + ": the inverse gave no descent direction");
        }
        countPlainGradient(context);
        double plainScale = 1 / context.scale();
        kernels.axpby(plainScale, gradient, 0, direction);
        return plainScale * norm;
    }

    /** E-KFAC's scales are blended from finite numbers: where they are not finite, somebody has damaged the state. */
    private boolean scalesDamaged(StepContext context) {
        INDArray scales = open(context).scales();
        return scales != null && !(kernels.norm(scales) <= Double.MAX_VALUE);
    }

    /** The failure that left no inverse was thrown in strict mode, so that this is none of its own. */
    private static void countPlainGradient(StepContext context) {
        String what = "there is no usable inverse; the plain gradient is used";
        if (context.strict()) {
            context.note(Event.PLAIN_GRADIENT, Reason.NOT_POSITIVE_DEFINITE, what);
        } else {
            context.report(Event.PLAIN_GRADIENT, Reason.NOT_POSITIVE_DEFINITE, what);
        }
    }

    @Override
    public long flops(Matrix served) {
        long sides = side(rules.sides.usesInput(), rules.inputPartition(served).block())
                + side(rules.sides.usesOutput(), rules.outputPartition(served).block());
        return (rules.usesEigenbasis() ? 4 : 2) * served.length() * sides;
    }

    @Override
    public long workElements(Matrix served) {
        long a = side(rules.sides.usesInput(), rules.inputPartition(served).elements());
        long g = side(rules.sides.usesOutput(), rules.outputPartition(served).elements());
        return 2 * (a + g) + (rules.usesEigenbasis() ? served.length() : 0);
    }

    private static long side(boolean used, long count) {
        return used ? count : 0;
    }
}
