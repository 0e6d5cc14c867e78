package com.example;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.Section;
import org.layerwise.method.StepContext;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Role;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** A user's updater: averages gradients with the number of steps so far, and divides by a number of its own. */
public final class RowNorm extends LayerwiseUpdater<RowNorm.Settings> {
    /** What it takes. */
    public record Settings(@JsonProperty("divisor") double divisor) implements UpdaterSettings, Serializable {
        @Override
        public String methodName() {
            return "row-norm";
        }

        @Override
        public @Nullable Method method(Matrix matrix) {
            return matrix.role() == Role.VECTOR ? null : new Mean(divisor);
        }

        @Override
        public Fallback fallback() {
            return Fallback.following(1, new Sgd());
        }

        @Override
        public FailureHandling failures() {
            return FailureHandling.survive();
        }
    }

    /** Mean of all gradients so far. */
    private record Mean(double divisor) implements Method {
        @Override
        public List<Section> sections(Matrix matrix) {
            return List.of(new Section("mean", matrix.length(), Section.Kind.MEAN));
        }

        @Override
        public double step(INDArray gradient, INDArray direction, StepContext context) {
            INDArray mean = context.state("mean").reshape('f', gradient.shape());
            double share = 1.0 / (context.steps() + 1);
            mean.muli(1 - share).addi(gradient.mul(share));
            direction.assign(mean).divi(divisor);
            return 0;
        }
    }

    /** With a rate. */
    public RowNorm(double learningRate, double divisor) {
        super(learningRate, null, new Settings(divisor));
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private RowNorm(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable Settings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private RowNorm(RowNorm from) {
        super(from);
    }

    @Override
    public RowNorm clone() {
        return new RowNorm(this);
    }
}
