package org.layerwise.internal.dl4j;

import java.io.Serial;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.Capture;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.annotation.JsonSerialize;

/**
 * An activation function that shows a recorder what passes through it. DL4J's dense layers call {@link #backprop} once
 * a backward pass; its result is dL/dz for each example, not divided by the batch size.
 */
@JsonSerialize(using = TapSerializer.class)
final class ActivationTap implements IActivation, Tap {
    private final IActivation delegate;
    private final transient Capture.Recorder recorder;

    ActivationTap(IActivation delegate, Capture.Recorder recorder) {
        this.delegate = delegate;
        this.recorder = recorder;
    }

    @Override
    public IActivation delegate() {
        return delegate;
    }

    @Override
    public INDArray getActivation(INDArray in, boolean training) {
        return delegate.getActivation(in, training);
    }

    @Override
    public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
        Pair<INDArray, INDArray> gradients = delegate.backprop(in, epsilon);
        recorder.record(gradients.getFirst());
        return gradients;
    }

    @Override
    public int numParams(int inputSize) {
        return delegate.numParams(inputSize);
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
