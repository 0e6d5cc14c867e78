package org.layerwise.updater;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.MatrixMethod;
import org.layerwise.precondition.Momentum;
import org.layerwise.precondition.MomentumMethod;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Everything about {@link Scion} but its learning rate; immutable and checked. See {@link Scion.Builder} for the meaning of
 * each value.
 *
 * @param momentum of the gradient
 * @param balls by the role of a matrix; roles without one are served by the fallback
 * @param strict whether numerical failures are thrown
 * @param fallback updater of all other parameters
 */
public record ScionSettings(
        @JsonProperty("momentum") Momentum momentum,
        @JsonProperty("balls") Map<Role, NormBall> balls,
        @JsonProperty("strict") boolean strict,
        @JsonProperty("fallback") Fallback fallback)
        implements GradientOnlySettings, Serializable {
    /**
     * Checks every value.
     *
     * @param momentum of the gradient
     * @param balls by the role of a matrix
     * @param strict whether numerical failures are thrown
     * @param fallback updater of all other parameters
     */
    public ScionSettings {
        Require.present(momentum, "momentum");
        Require.present(balls, "balls");
        Require.present(fallback, "fallback");
        balls = Map.copyOf(balls);
    }

    @Override
    public int methodId() {
        return 2;
    }

    @Override
    public @Nullable MatrixMethod method(Segment segment) {
        NormBall ball = balls.get(segment.role());
        return ball == null ? null : new MomentumMethod(momentum, ball.direction(segment));
    }
}
