package org.layerwise.examples.linear;

import org.layerwise.examples.report.Numbers;

/**
 * A method at one learning rate.
 *
 * @param method the method
 * @param learningRate eta, positive
 */
public record Contender(Method method, double learningRate) {
    /** Checks the learning rate. */
    public Contender {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException(
                    "Learning rate of " + method.label() + " is " + learningRate + ": must be positive and finite");
        }
    }

    /** Label with the rate, such as "SGD 0.01". */
    public String label() {
        return method.label() + " " + Numbers.plain(learningRate);
    }
}
