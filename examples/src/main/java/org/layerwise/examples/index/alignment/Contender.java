package org.layerwise.examples.index.alignment;

import org.layerwise.examples.index.Alignment;
import org.layerwise.examples.index.AlignmentTheory;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.report.Numbers;

/**
 * A method and its damping.
 *
 * @param method of the step
 * @param damping lambda_G; 0 for the methods without
 */
record Contender(FirstStep method, double damping) {
    /** Predicted alignment at {@code examples} examples; unknown for the methods without a theory. */
    Alignment predict(AlignmentTheory theory, double examples) {
        return switch (method) {
            case SGD -> theory.sgd(examples);
            case KFAC -> theory.kfac(examples, damping);
            default -> Alignment.UNKNOWN;
        };
    }

    /** Such as "KFAC, λ = 0.1". */
    String label() {
        return damping == 0 ? method.label() : method.label() + ", λ = " + Numbers.plain(damping);
    }
}
