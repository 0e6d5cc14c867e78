package org.layerwise.examples.linear.batchnorm;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.Cell;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

/** Batch normalisation of inputs and of features, on rotated and on axis-aligned inputs. */
public final class BatchNorm implements Experiment {
    /** Name in files and on the command line. */
    public static final String NAME = "batch-norm";

    private final BatchNormSettings settings;

    BatchNorm(BatchNormSettings settings) {
        this.settings = settings;
    }

    /**
     * The experiment.
     *
     * @param seeds tasks per orientation in [1, 1000]; null for the preset's own number
     */
    public static BatchNorm of(Preset preset, @Nullable Integer seeds) {
        return new BatchNorm(BatchNormSettings.of(preset, seeds));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> columns() {
        return BatchNormResult.COLUMNS;
    }

    /** One cell per orientation and seed: its variants share the batches. */
    @Override
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (LinearTask.Orientation orientation : LinearTask.Orientation.values()) {
            for (int index = 0; index < settings.seeds(); index++) {
                cells.add(cell(orientation, settings.firstSeed() + index));
            }
        }
        return cells;
    }

    @Override
    public Section section(ResultTable results) {
        return new BatchNormReport(BatchNormResult.of(settings, results)).section();
    }

    /** Its parameters are independent of how many seeds there are. */
    private Cell cell(LinearTask.Orientation orientation, long seed) {
        Training training = new Training(settings.withSeeds(1), orientation, seed);
        return new Cell(
                orientation.id() + ", seed " + seed,
                training.toString(),
                settings.steps(),
                () -> training.run().stream()
                        .flatMap(run -> BatchNormResult.rows(run).stream())
                        .toList());
    }
}
