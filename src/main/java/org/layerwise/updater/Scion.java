package org.layerwise.updater;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.Require;
import org.layerwise.internal.precondition.SteepestDescentMethod;
import org.layerwise.method.Matrix;
import org.layerwise.method.Method;
import org.layerwise.method.UpdaterSettings;
import org.layerwise.settings.FailureHandling;
import org.layerwise.settings.Fallback;
import org.layerwise.settings.Momentum;
import org.layerwise.settings.NormBall;
import org.layerwise.settings.NormBall.Norm;
import org.layerwise.settings.Role;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Scion: steps to the surface of norm balls, the norm chosen by what a layer does (Pethick et al. 2025, arXiv 2502.07529).
 *
 * <pre>
 *   M = (1 - alpha) M + alpha G
 *   unconstrained:  W = W - lr radius d(M)
 *   constrained:    W = (1 - lr) W - lr radius d(M)
 * </pre>
 *
 * with d(M) the unit vector of the ball along which the loss falls fastest. Step sizes follow from the balls, so that the
 * learning rate carries over between widths. G has shape [fanIn, fanOut]; each gate of an LSTM is a matrix of its own. What
 * has no ball is served by the fallback updater, by default Adam with 0.064 of the learning rate (0.001 beside 2^-6).
 *
 * <p>A SameDiff variable does not say what it is for: there every matrix has the ball of hidden layers, embeddings, input and
 * output layers too; kernels of more axes have that of convolutions, and the shapes [n], [1, n] and [n, 1] that of biases.
 *
 * <p><b>Constrained:</b> the shrinking is DL4J's weight decay with coefficient 1, {@code .weightDecay(1).weightDecayBias(1)}.
 * Set it on the layers: DL4J 1.0.0-M2.1 applies a decay that is set on the network twice. Weights that begin inside their
 * balls then stay there (up to the 20 % by which the polar iteration overshoots). DL4J adds the decay's penalty to the score
 * that it reports; the gradient is that of the loss alone.
 *
 * <p><b>When to use:</b> large batches, and when a learning rate found on a narrow network is to be used on a wide one. <b>When
 * not:</b> as for {@link Muon}, small batches on wide layers; and without tuning the radii, which matter as much as the
 * learning rate.
 */
public final class Scion extends LayerwiseUpdater<Scion.Settings> {
    /** Default learning rate: that of the reference's perceptron. */
    public static final double DEFAULT_LEARNING_RATE = 0.015625;

    /** Creates the updater with all defaults. */
    public Scion() {
        this(DEFAULT_LEARNING_RATE);
    }

    /**
     * Creates the updater with a learning rate.
     *
     * @param learningRate at least 0
     */
    public Scion(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    /**
     * Creates the updater with a learning-rate schedule.
     *
     * @param learningRateSchedule gives the learning rate of an iteration and epoch
     */
    public Scion(ISchedule learningRateSchedule) {
        this(builder().learningRate(learningRateSchedule));
    }

    private Scion(Builder builder) {
        super(builder, builder.settings());
    }

    @JsonCreator
    @SuppressWarnings("UnusedMethod") // JSON
    private Scion(
            @JsonProperty("learningRate") @Nullable Double learningRate,
            @JsonProperty("learningRateSchedule") @Nullable ISchedule learningRateSchedule,
            @JsonProperty("configuredRate") @Nullable Double configuredRate,
            @JsonProperty("settings") @Nullable Settings settings) {
        super(new Saved<>(learningRate, learningRateSchedule, configuredRate, settings));
    }

    private Scion(Scion from) {
        super(from);
    }

    @Override
    public Scion clone() {
        return new Scion(this);
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
     * @param momentum of the gradient
     * @param balls by the role of a matrix; roles without one are served by the fallback
     * @param failures what happens when numbers fail
     * @param fallback updater of all other parameters
     */
    public record Settings(
            @JsonProperty("momentum") Momentum momentum,
            @JsonProperty("balls") Map<Role, NormBall> balls,
            @JsonProperty("failures") FailureHandling failures,
            @JsonProperty("fallback") Fallback fallback)
            implements UpdaterSettings, Serializable {
        /** Checks every value. {@inheritDoc} */
        public Settings {
            Require.present(momentum, "momentum");
            Require.present(balls, "balls");
            Require.present(failures, "failures");
            Require.present(fallback, "fallback");
            balls.forEach((role, ball) -> {
                Require.present(role, "The role of a ball");
                Require.present(ball, "The ball of " + role);
            });
            Map<Role, NormBall> ordered = new EnumMap<>(Role.class); // one order in JSON
            ordered.putAll(balls);
            balls = Collections.unmodifiableMap(ordered);
        }

        @Override
        public String methodName() {
            return "scion";
        }

        @Override
        public @Nullable Method method(Matrix matrix) {
            NormBall ball = balls.get(matrix.role());
            return ball == null ? null : SteepestDescentMethod.inBall(momentum, ball, matrix);
        }
    }

    /**
     * Builds a {@link Scion}; every value is checked by {@link #build}. The default balls are those of the reference's
     * perceptron: input layers spectral (at least 1) and hidden layers spectral with radius 1, output layers sign with radius
     * 1024; convolutions and recurrent weights spectral, embeddings by input (one-hot, so not normalised), biases and gains
     * by their root mean square, all with radius 1.
     */
    public static final class Builder extends LayerwiseUpdater.Builder<Builder> {
        private double alpha = 0.1;
        private final Map<Role, NormBall> balls = new EnumMap<>(Role.class);

        private Builder() {
            super(DEFAULT_LEARNING_RATE);
            balls.put(Role.INPUT, NormBall.of(Norm.SPECTRAL_MAX, 1));
            balls.put(Role.HIDDEN, NormBall.of(Norm.SPECTRAL, 1));
            balls.put(Role.CONVOLUTION, NormBall.of(Norm.SPECTRAL, 1));
            balls.put(Role.RECURRENT, NormBall.of(Norm.SPECTRAL, 1));
            balls.put(Role.OUTPUT, NormBall.of(Norm.SIGN, 1024));
            balls.put(Role.EMBEDDING, NormBall.of(Norm.PER_INPUT, 1).unnormalized());
            balls.put(Role.VECTOR, NormBall.of(Norm.ROOT_MEAN_SQUARE, 1));
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * Weight alpha of the newest gradient in the momentum; 1 for no momentum. Default 0.1; the reference names 0.5 for
         * short runs.
         *
         * @param value in (0, 1]
         * @return this
         */
        public Builder alpha(double value) {
            Require.argument(
                    value > 0 && value <= 1 && 1 - value < 1,
                    "alpha must be in (0, 1], and more than rounding, but is %s",
                    value);
            this.alpha = value;
            return this;
        }

        /**
         * The ball of the matrices with a role.
         *
         * @param role of the matrices
         * @param ball their ball
         * @return this
         */
        public Builder ball(Role role, NormBall ball) {
            Require.present(role, "role of the ball");
            Require.present(ball, "ball");
            balls.put(role, ball);
            return this;
        }

        /**
         * Leaves the matrices with a role to the fallback updater.
         *
         * @param role of the matrices
         * @return this
         */
        public Builder withoutBall(Role role) {
            Require.present(role, "role of withoutBall");
            balls.remove(role);
            return this;
        }

        private Settings settings() {
            return new Settings(
                    new Momentum(1 - alpha, true, false),
                    balls,
                    failures(),
                    fallbackOr(0.001 / DEFAULT_LEARNING_RATE, new Adam()));
        }

        @Override
        public Scion build() {
            return new Scion(this);
        }
    }
}
