package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.RequiredInJson;
import org.layerwise.internal.precondition.NorMuonMethod;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * NorMuon: {@link Muon} whose outputs are brought to one root mean square (Li et al. 2025, arXiv 2510.05491).
 *
 * <pre>
 *   O = polar(u)                                   as Muon; O has shape [fanIn, fanOut]
 *   v_j = beta2 v_j + (1 - beta2) mean_i O_ij^2    one number for each output, from 0
 *   P_ij = O_ij / (sqrt(v_j) + 1e-10)
 *   W = W - lr scale P |O| / (|P| + 1e-10)         Frobenius norms
 * </pre>
 *
 * <p>An approximate polar factor of a matrix that is not square treats the outputs, the columns here, unequally; their step
 * lengths are evened out by a running mean that costs fanOut numbers of state, and the step keeps Muon's length. The mean is
 * not corrected for its start, which the last line cancels.
 *
 * <p>Which matrices are orthogonalised, roles in SameDiff, weight decay and the default fallback are as with {@link Muon}.
 *
 * <p><b>When to use:</b> wherever Muon is: it costs little more. <b>When not:</b> as for Muon, small batches on wide layers.
 */
public final class NorMuon extends LayerwiseUpdater<NorMuon.Settings> {
    /** Default learning rate, the authors'. */
    public static final double DEFAULT_LEARNING_RATE = 0.02;

    /** Creates the updater with all defaults. */
    public NorMuon() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * Creates the updater with a learning rate.
     *
     * @param learningRate at least 0
     */
    public NorMuon(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /**
     * Creates the updater with a learning-rate schedule.
     *
     * @param learningRateSchedule gives the learning rate of an iteration and epoch
     */
    public NorMuon(ISchedule learningRateSchedule) {
        this(builder().learningRate(learningRateSchedule));
    }

    private NorMuon(Builder builder) {
        super(builder, builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private NorMuon(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable Settings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private NorMuon(NorMuon from) {
        super(from);
    }

    @Override
    public NorMuon clone() {
        return new NorMuon(this);
    }

    /**
     * Starts a configuration from the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Everything about the updater but its learning rate. See {@link Builder} for the meaning of each value.
     *
     * @param muon what it shares with Muon
     * @param beta2 decay of the outputs' mean squares
     * @param normalized whether the outputs are normalised
     */
    public record Settings(
            @JsonProperty("muon") Muon.Settings muon,

            @JsonProperty(value = "beta2", required = true) @RequiredInJson
            double beta2,

            @JsonProperty(value = "normalized", required = true) @RequiredInJson
            boolean normalized)
            implements UpdaterSettings, Serializable {
        /** Checks every value. {@inheritDoc} */
        public Settings {
            Require.present(muon, "muon");
            BlockLimits.requireDecay(beta2, "beta2");
        }

        @Override
        public String methodName() {
            return "normuon";
        }

        @Override
        public @Nullable Method method(Matrix matrix) {
            if (!muon.orthogonalizes(matrix)) {
                return null;
            }
            return normalized
                    ? new NorMuonMethod(
                            muon.momentum(), muon.orthogonalization(), muon.epsilon(), muon.scale(matrix), beta2)
                    : muon.method(matrix);
        }

        @Override
        @JsonIgnore
        public Fallback fallback() {
            return muon.fallback();
        }

        @Override
        @JsonIgnore
        public FailureHandling failures() {
            return muon.failures();
        }
    }

    /** Builds a {@link NorMuon}; every value is checked by {@link #build}. */
    public static final class Builder extends PolarBuilder<Builder> {
        private double beta2 = 0.95;
        private boolean normalized = true;

        private Builder() {
            super(DEFAULT_LEARNING_RATE);
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Decay of the outputs' mean squares. Default 0.95 (the authors).
         *
         * @param value in [0, 1); 0 normalises every step by itself
         * @return this
         */
        public Builder beta2(double value) {
            this.beta2 = value;
            return this;
        }

        /**
         * Whether the outputs are normalised. Default yes; without, the step is Muon's.
         *
         * @param value false for Muon
         * @return this
         */
        public Builder normalized(boolean value) {
            this.normalized = value;
            return this;
        }

        private Settings settings() {
            Fallback fallback = fallbackOr(3e-4 / DEFAULT_LEARNING_RATE, new Adam(1, 0.9, 0.95, 1e-10));
            return new Settings(settings(failures(), fallback), beta2, normalized);
        }

        @Override
        public NorMuon build() {
            return new NorMuon(this);
        }
    }
}
