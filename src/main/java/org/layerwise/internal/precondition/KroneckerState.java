package org.layerwise.internal.precondition;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.curvature.Partition;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.StepContext;
import org.layerwise.settings.Sides;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What Kronecker-factored preconditioning keeps of one matrix: for each factor the running average and the snapshot that the
 * inverse in use was computed from, E-KFAC's scales, and when what was done. Inverses are derived and not kept. Steps count
 * from 0.
 */
final class KroneckerState {
    /** Section of the counters and of the mark that snapshots are in use. */
    static final String AGES = "ages";

    /** Section of A. */
    static final String INPUT = "input factor";

    /** Section of G. */
    static final String OUTPUT = "output factor";

    /** Section of E-KFAC's second moments [dA, dG]. */
    static final String SCALES = "scales";

    /** Elements of {@link #AGES}. */
    static final int AGES_LENGTH = 3 * LimbCounter.LENGTH + 1;

    private static final int AT_STATISTICS = 0;
    private static final int AT_LAST_STATISTICS = LimbCounter.LENGTH;
    private static final int AT_LAST_REFRESH = 2 * LimbCounter.LENGTH;
    private static final int AT_SNAPSHOT = 3 * LimbCounter.LENGTH;

    private final Kernels kernels;
    private final Contents contents;
    private final INDArray ages;
    private final @Nullable Factor input;
    private final @Nullable Factor output;
    private final @Nullable INDArray scales;

    /**
     * What there is.
     *
     * @param sides which factors
     * @param inputPartition of A
     * @param outputPartition of G
     * @param eigenvalueCorrected whether there are scales
     */
    record Contents(Sides sides, Partition inputPartition, Partition outputPartition, boolean eigenvalueCorrected) {}

    private KroneckerState(
            Kernels kernels,
            Contents contents,
            INDArray ages,
            @Nullable Factor input,
            @Nullable Factor output,
            @Nullable INDArray scales) {
        this.kernels = kernels;
        this.contents = contents;
        this.ages = ages;
        this.input = input;
        this.output = output;
        this.scales = scales;
    }

    static KroneckerState open(Kernels kernels, Contents contents, StepContext context) {
        Sides sides = contents.sides;
        Partition a = contents.inputPartition;
        Partition g = contents.outputPartition;
        return new KroneckerState(
                kernels,
                contents,
                context.state(AGES),
                sides.usesInput() ? Factor.of(context.state(INPUT), a) : null,
                sides.usesOutput() ? Factor.of(context.state(OUTPUT), g) : null,
                contents.eigenvalueCorrected ? context.state(SCALES).reshape('f', a.dimension(), g.dimension()) : null);
    }

    /** Whether these are the arrays of a step. */
    boolean isOf(StepContext context) {
        return ages == context.state(AGES);
    }

    Contents contents() {
        return contents;
    }

    /** Running and snapshot A; null if the side is not used. */
    @Nullable
    Factor input() {
        return input;
    }

    /** Running and snapshot G; null if the side is not used. */
    @Nullable
    Factor output() {
        return output;
    }

    /** S [dA, dG] of E-KFAC; null without. */
    @Nullable
    INDArray scales() {
        return scales;
    }

    /** How many batches the running factors average. */
    long statistics() {
        return counter(AT_STATISTICS);
    }

    /** The step at which statistics were absorbed last; -1 if never. */
    long lastStatistics() {
        return counter(AT_LAST_STATISTICS) - 1;
    }

    void countStatistics(long step) {
        setCounter(AT_STATISTICS, statistics() + 1);
        setCounter(AT_LAST_STATISTICS, step + 1);
    }

    /** The step at which the inverse was refreshed last; -1 if never. */
    long lastRefresh() {
        return counter(AT_LAST_REFRESH) - 1;
    }

    /** Notes that a step refreshed, or tried to. */
    void countRefresh(long step) {
        setCounter(AT_LAST_REFRESH, step + 1);
    }

    /** Whether the snapshots belong to a usable inverse. */
    boolean hasSnapshot() {
        return ages.getDouble(AT_SNAPSHOT) > 0;
    }

    /** Makes the running factors the snapshot. */
    void promote() {
        if (input != null) {
            input.promote(kernels);
        }
        if (output != null) {
            output.promote(kernels);
        }
        ages.putScalar(AT_SNAPSHOT, 1);
    }

    /** Whether all factors are finite, off their diagonals too. */
    boolean isFinite() {
        return Stream.of(input, output).allMatch(factor -> factor == null || factor.isFinite(kernels));
    }

    /** Has the next statistics replace the running factors. */
    void forgetStatistics() {
        setCounter(AT_STATISTICS, 0);
    }

    /** Has the next refresh, which is due at once, set the scales anew. */
    void forgetScales() {
        if (scales != null) {
            scales.assign(0);
        }
        setCounter(AT_LAST_REFRESH, 0);
        ages.putScalar(AT_SNAPSHOT, 0);
    }

    /** The snapshots' diagonals: changes whenever somebody writes other factors into the view. */
    double[] fingerprint() {
        double[] a = input == null ? new double[0] : input.diagonal(true, kernels);
        double[] g = output == null ? new double[0] : output.diagonal(true, kernels);
        double[] both = Arrays.copyOf(a, a.length + g.length + 1);
        System.arraycopy(g, 0, both, a.length, g.length);
        both[both.length - 1] = ages.getDouble(AT_SNAPSHOT);
        return both;
    }

    private long counter(int at) {
        return LimbCounter.read(new double[] {ages.getDouble(at), ages.getDouble(at + 1)}, 0);
    }

    private void setCounter(int at, long value) {
        LimbCounter.write(ages, at, value);
    }
}
