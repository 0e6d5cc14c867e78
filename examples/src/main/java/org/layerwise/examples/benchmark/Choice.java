package org.layerwise.examples.benchmark;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.layerwise.examples.report.Numbers;

/**
 * The learning rate that tuning found.
 *
 * @param entrant of whom
 * @param rate the one with the least training loss at the end of the budget, median over the tuning seeds
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
     * The best rate of an entrant's grid.
     *
     * @param entrant of whom
     * @param losses at the end of the budget by rate, infinite where runs diverged
     * @return nothing if that is everywhere
     */
    static Optional<Choice> among(Entrant entrant, SortedMap<Double, Double> losses) {
        return losses.entrySet().stream()
                .filter(loss -> Double.isFinite(loss.getValue()))
                .min(Map.Entry.comparingByValue())
                .map(best -> new Choice(entrant, best.getKey(), best.getValue(), edge(losses, best.getKey())));
    }

    /** The rate, and whether it lies at an end of the grid. */
    String rateWords() {
        return Numbers.plain(rate) + (edge == Edge.INSIDE ? "" : " (" + edge.words() + ")");
    }

    private static Edge edge(SortedMap<Double, Double> grid, double rate) {
        if (rate == grid.firstKey()) {
            return Edge.LOWEST;
        }
        return rate == grid.lastKey() ? Edge.HIGHEST : Edge.INSIDE;
    }
}
