package org.layerwise.internal.dl4j;

import java.io.Serial;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.Capture;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.shade.jackson.databind.annotation.JsonSerialize;

/**
 * A loss function that shows a recorder the output gradients, and in a probe pass returns a probe in place of the loss's
 * own gradient.
 */
@JsonSerialize(using = TapSerializer.class)
final class LossTap implements ILossFunction, Tap {
    private final ILossFunction delegate;
    private final transient Capture.Recorder recorder;
    private final transient @Nullable ProbeSource probes;

    /** Where probe passes get their gradients from. */
    interface ProbeSource {
        /**
         * The gradient with respect to the pre-activation that the current probe pass starts from.
         *
         * @param preOutput z, [n, k]; read
         * @param activation of the output layer
         * @param mask of the labels, if any
         * @return [n, k], a new array
         */
        INDArray probe(INDArray preOutput, IActivation activation, @Nullable INDArray mask);
    }

    LossTap(ILossFunction delegate, Capture.Recorder recorder, @Nullable ProbeSource probes) {
        this.delegate = delegate;
        this.recorder = recorder;
        this.probes = probes;
    }

    @Override
    public ILossFunction delegate() {
        return delegate;
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask, boolean average) {
        return delegate.computeScore(labels, preOutput, activation, mask, average);
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        return delegate.computeScoreArray(labels, preOutput, activation, mask);
    }

    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        INDArray gradient = probes == null
                ? delegate.computeGradient(labels, preOutput, activation, mask)
                : probes.probe(preOutput, activation, mask);
        recorder.record(gradient);
        return gradient;
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, preOutput, activation, mask, average),
                computeGradient(labels, preOutput, activation, mask));
    }

    @Override
    public String name() {
        return delegate.name();
    }

    @Serial
    private Object writeReplace() {
        return delegate;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other != null && delegate.equals(Tap.untapped(other));
    }

    @Override
    public int hashCode() {
        return delegate.hashCode();
    }

    @Override
    public String toString() {
        return delegate.toString();
    }
}
