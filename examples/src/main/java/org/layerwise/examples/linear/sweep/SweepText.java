package org.layerwise.examples.linear.sweep;

import java.util.List;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.report.Numbers;

/** What both sweeps say about their settings. */
final class SweepText {
    private SweepText() {}

    static List<String> settings(SweepSettings s) {
        Dimensions sizes = s.sizes();
        return List.of(
                "All settings are choices of this project.",
                "Sizes: " + sizes.inputs() + " inputs, " + sizes.hidden() + " features, " + sizes.outputs()
                        + " outputs; " + sizes.batch() + " fresh examples per step; label noise "
                        + Numbers.plain(s.noise()) + "; " + s.iterations() + " steps per run.",
                "Inputs: random signs times the root of a randomly rotated covariance with log-spaced eigenvalues and"
                        + " trace " + sizes.inputs() + "; condition number(s) " + list(s.kappas()) + ".",
                s.seeds() + " task(s) per condition number from seed " + s.firstSeed()
                        + "; every method sees the same tasks, starts and batches.",
                "Damping " + Numbers.brief(s.dampings().inputs())
                        + " on the inputs' second moment. The rate of the head in the layer-wise methods equals the rate"
                        + " of the features. AMGD solves for the head at every step.",
                "Learning rates refer to the loss 1/2 ||f - y||². Losses are population excess risks.");
    }

    /** End of a figure's title: what its lines and bands are. */
    static String sample(SweepSettings s) {
        return ": median and quartiles of " + s.seeds() + " task(s)";
    }

    static String list(List<Double> values) {
        return String.join(", ", values.stream().map(Numbers::plain).toList());
    }
}
