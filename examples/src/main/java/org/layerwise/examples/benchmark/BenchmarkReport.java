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
                    + " checkpoints the loss is taken as a straight line. Ratios pair runs of the same seed; \"never\" means not"
                    + " within the budget.";

    private static final List<String> REMARKS = List.of(
            "The target is Adam's least training loss at any checkpoint, with one constant rate. A longer budget or a"
                    + " decaying rate gives another target and other ratios.",
            "Where Adam stands on a plateau its least loss is chance, and so is every ratio to it: trust a ratio only if it"
                    + " is about the same with a target 1 and 5 % above.",
            "Rates are those of the tuning seeds, and the fastest of this library is chosen on the seeds that it is judged"
                    + " by: the intervals know of neither choice.",
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
                SettingsText.of(result.settings(), result.checkpoints().get(0).threads()),
                new BenchmarkClaims(result).all(),
                body);
    }

    private List<Block> tables() {
        BenchmarkTables tables = new BenchmarkTables(result);
        List<Block> blocks = new ArrayList<>(List.of(
                new Block.Heading("Every method at its learning rate"), new Block.Paragraph(READING), tables.runs()));
        Optional<Entrant> best = result.bestAdam();
        if (best.isEmpty()) {
            blocks.add(
                    new Block.Paragraph("Adam diverged at every rate of its grid: there is nothing to compare with."));
        }
        for (int batch : result.settings().batches()) {
            result.entrant(Optimizer.ADAM, batch).ifPresent(adam -> {
                String note = adam.equals(best.orElseThrow()) ? ", Adam's best batch size" : "";
                blocks.add(new Block.Heading("Until Adam's best training loss at batch " + batch + note));
                blocks.add(tables.costs(new TargetLoss(result, adam)));
                blocks.add(new Block.Paragraph("Ratios to Adam's with targets a little above its best loss:"));
                blocks.add(tables.slackened(adam));
            });
        }
        return blocks;
    }
}
