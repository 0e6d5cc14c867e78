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
    public record Settings(
            @JsonProperty("divisor") double divisor,
            @JsonProperty("failures") FailureHandling failures,
            @JsonProperty("fallback") Fallback fallback)
            implements UpdaterSettings, Serializable {
        @Override
        public String methodName() {
            return "row-norm";
        }

        @Override
        public @Nullable Method method(Matrix matrix) {
            return matrix.role() == Role.VECTOR ? null : new Mean(divisor);
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

    private RowNorm(Builder builder) {
        super(builder, builder.settings());
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** With the options that all updaters have, and one of its own. */
    public static final class Builder extends LayerwiseUpdater.Builder<Builder> {
        private double divisor = 1;

        private Builder() {
            super(.1);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /** A number of its own. */
        public Builder divisor(double value) {
            this.divisor = value;
            return this;
        }

        private Settings settings() {
            return new Settings(divisor, failures(), fallbackOr(1, new Sgd()));
        }

        @Override
        public RowNorm build() {
            return new RowNorm(this);
        }
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
