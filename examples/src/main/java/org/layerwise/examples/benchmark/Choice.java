package org.layerwise.examples.benchmark;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.layerwise.examples.report.Numbers;

/**
 * The learning rate that tuning found.
 *
 * @param entrant of whom
 * @param rate the one with the least training loss at the end of the budget
 * @param loss that loss
 * @param edge where the rate lies in the grid
 */
record Choice(Entrant entrant, double rate, double loss, Edge edge) {
    /** Place in the grid; at an end the best rate may lie outside. */
    enum Edge {
        LOWEST("lowest of the grid"),
        INSIDE(""),
        HIGHEST("highest of the grid");

        private final String words;

        Edge(String words) {
            this.words = words;
        }

        /** For the report; empty inside. */
        String words() {
            return words;
        }
    }

    /**
     * The best of the ends of an entrant's runs.
     *
     * @param ends the last checkpoints, one per rate of the grid
     * @return nothing if all runs diverged
     */
    static Optional<Choice> among(List<Checkpoint> ends) {
        List<Double> rates =
                ends.stream().map(end -> end.trial().rate()).sorted().toList();
        return ends.stream()
                .filter(end -> Double.isFinite(end.trainLoss()))
                .min(Comparator.comparingDouble(Checkpoint::trainLoss))
                .map(end -> new Choice(
                        end.trial().entrant(),
                        end.trial().rate(),
                        end.trainLoss(),
                        edge(rates, end.trial().rate())));
    }

    /** The rate, and whether it lies at an end of the grid. */
    String rateWords() {
        return Numbers.plain(rate) + (edge == Edge.INSIDE ? "" : " (" + edge.words() + ")");
    }

    private static Edge edge(List<Double> rates, double rate) {
        if (rate == rates.get(0)) {
            return Edge.LOWEST;
        }
        return rate == rates.get(rates.size() - 1) ? Edge.HIGHEST : Edge.INSIDE;
    }
}
