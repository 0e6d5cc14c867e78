package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.layerwise.examples.report.Block;
import org.layerwise.examples.report.Section;

/**
 * What the timed runs say.
 *
 * @param result what was measured
 */
record BenchmarkReport(BenchmarkResult result) {
    private static final String QUESTION = "Is it worth it? Every method gets its own learning rate from a grid of the"
            + " same size, the same initial weights, the same examples in the same order and the same budget. How far does"
            + " the loss come down, in how many steps and in how many seconds?";

    private static final String CURVES =
            "Medians over the seeds, with quartiles as bands. Solid lines are this library, dashed ones DL4J. On"
                    + " logarithmic axes an equal horizontal distance is an equal factor in steps or in time.";

    private static final String READING =
            "Medians over the seeds, with the least and the largest in brackets. Between two"
                    + " checkpoints the loss is taken as a straight line. Ratios pair runs of the same seed.";

    private static final List<String> REMARKS = List.of(
            "The target is what Adam reaches at the end of its budget with one constant rate. A longer budget or a"
                    + " decaying rate gives another target and other ratios.",
            "Seconds depend on the machine, its load and its BLAS; CPU seconds less so. Steps do not.",
            "A small batch makes a step of Adam cheap and leaves the cost of applying a preconditioner as it is: the table"
                    + " against Adam at its best batch size is the one that counts.");

    Section section() {
        Problem problem = result.settings().conditions().problem();
        List<Block> body = new ArrayList<>(List.of(new Block.Paragraph(CURVES)));
        body.addAll(new BenchmarkFigures(result).all());
        body.addAll(tables());
        body.add(new Block.Heading("What this does and does not show"));
        body.add(new Block.Bullets(REMARKS));
        return new Section(
                Benchmark.name(result.settings()),
                "Is it worth it? " + problem.title(),
                QUESTION,
                SettingsWords.of(result.settings(), result.checkpoints().get(0).threads()),
                new BenchmarkClaims(result).all(),
                body);
    }

    private List<Block> tables() {
        BenchmarkTables tables = new BenchmarkTables(result);
        List<Block> blocks = new ArrayList<>(List.of(
                new Block.Heading("Every method at its learning rate"), new Block.Paragraph(READING), tables.runs()));
        for (int batch : result.settings().batches()) {
            result.entrant(Optimizer.ADAM, batch)
                    .ifPresent(adam -> blocks.addAll(List.of(
                            new Block.Heading("Until Adam's best training loss at batch " + batch),
                            tables.costs(new Yardstick(result, adam), result.entrants(batch)))));
        }
        Optional<Entrant> best = result.bestAdam();
        if (best.isPresent()) {
            blocks.add(new Block.Heading("Until the best training loss of Adam at any batch size, "
                    + best.get().batch()));
            blocks.add(tables.costs(new Yardstick(result, best.get()), result.entrants()));
        } else {
            blocks.add(
                    new Block.Paragraph("Adam diverged at every rate of its grid: there is nothing to compare with."));
        }
        return blocks;
    }
}
