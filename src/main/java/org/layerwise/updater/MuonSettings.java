package org.layerwise.updater;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.Role;
import org.layerwise.layout.Segment;
import org.layerwise.linalg.PolarIteration;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.MatrixMethod;
import org.layerwise.precondition.Momentum;
import org.layerwise.precondition.MomentumMethod;
import org.layerwise.precondition.SteepestDirection;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Everything about {@link Muon} but its learning rate; immutable and checked. See {@link Muon.Builder} for the meaning of
 * each value.
 *
 * @param momentum of the gradient
 * @param scaling of the orthogonalised momentum
 * @param orthogonalization the polynomials
 * @param epsilon added to the momentum's norm
 * @param outputLayers whether output layers are orthogonalised too
 * @param strict whether numerical failures are thrown
 * @param fallback updater of all other parameters
 */
public record MuonSettings(
        @JsonProperty("momentum") Momentum momentum,
        @JsonProperty("scaling") Muon.Scaling scaling,
        @JsonProperty("orthogonalization") PolarIteration orthogonalization,
        @JsonProperty("epsilon") double epsilon,
        @JsonProperty("outputLayers") boolean outputLayers,
        @JsonProperty("strict") boolean strict,
        @JsonProperty("fallback") Fallback fallback)
        implements GradientOnlySettings, Serializable {
    /**
     * Checks every value.
     *
     * @param momentum of the gradient
     * @param scaling of the orthogonalised momentum
     * @param orthogonalization the polynomials
     * @param epsilon added to the momentum's norm
     * @param outputLayers whether output layers are orthogonalised too
     * @param strict whether numerical failures are thrown
     * @param fallback updater of all other parameters
     */
    public MuonSettings {
        Require.present(momentum, "momentum");
        Require.present(scaling, "scaling");
        Require.present(orthogonalization, "orthogonalization");
        Require.present(fallback, "fallback");
        Require.nonNegative(epsilon, "epsilon");
    }

    @Override
    public int methodId() {
        return 1;
    }

    @Override
    public @Nullable MatrixMethod method(Segment segment) {
        Role role = segment.role();
        if (role == Role.VECTOR || role == Role.EMBEDDING || (role == Role.OUTPUT && !outputLayers)) {
            return null;
        }
        double scale = scaling.factor(segment.fanIn(), segment.fanOut());
        return new MomentumMethod(momentum, new SteepestDirection.Spectral(orthogonalization, epsilon, scale));
    }
}
