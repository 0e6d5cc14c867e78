package org.layerwise.examples.linear;

/**
 * State of training after some iteration.
 *
 * @param trainLoss excess risk on the training task, {@code 1/2 E||(F G - F* G*) x||^2}
 * @param subspaceDistance {@code ||Ghat (I - G*^T G*)||_op} in [0, 1], Ghat an orthonormal basis of the rows of G
 * @param transferLoss excess risk on the test task of the best head on top of G
 * @param frobeniusDistance the subspace distance in the Frobenius norm, in [0, sqrt(dh)]
 * @param outside {@code ||G (I - G*^T G*)||_F}: what of G, not normalised, lies outside the true features
 */
public record Measurement(
        double trainLoss, double subspaceDistance, double transferLoss, double frobeniusDistance, double outside) {
    /** False once training has diverged. */
    public boolean isFinite() {
        return Double.isFinite(trainLoss + subspaceDistance + transferLoss + frobeniusDistance + outside);
    }
}
