package org.layerwise.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.examples.run.Experiment;
import org.layerwise.examples.run.Preset;

class CatalogueTest {
    private static final Pattern SEED = Pattern.compile("seed (\\d+)");

    @ParameterizedTest
    @EnumSource(Catalogue.class)
    void create_fullPreset_hasTenSeeds(Catalogue entry) {
        Experiment experiment = entry.create(Preset.FULL, null);
        long seeds = experiment.cells().stream()
                .flatMap(cell -> SEED.matcher(cell.id()).results())
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .count();
        assertThat(seeds).isGreaterThanOrEqualTo(10);
    }

    @ParameterizedTest
    @EnumSource(Catalogue.class)
    void create_namedNumberOfSeeds_isKept(Catalogue entry) {
        Experiment experiment = entry.create(Preset.QUICK, 4);
        assertThat(experiment.name()).isEqualTo(entry.id());
        assertThat(experiment.cells())
                .anyMatch(cell -> cell.id().contains("seed 4"))
                .noneMatch(cell -> cell.id().contains("seed 5"));
    }
}
