package org.layerwise.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.examples.Catalogue;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.SuiteReport;
import org.layerwise.examples.report.Verdict;
import org.layerwise.examples.run.Preset;
import org.layerwise.examples.run.Runner;

/**
 * Every experiment at its small size with its fixed seeds, and the verdict on every claim. The tolerances are those of
 * the claims: the confidence interval of the measurement, which follows from its standard error, and the known error of
 * the prediction.
 */
final class ClaimsTest {
    private static final int THREADS = 2;

    @TempDir
    private static Path folder;

    private static List<Section> sections = List.of();

    /** The claims whose verdict is something else than reproduced, and why. */
    private static final Map<String, Verdict> OTHERWISE = Map.of(
            // With the exact matrix natural gradient is no worse than KFAC: a claim of the abstract that does not hold
            // here.
            "ngd-exact-far-behind-kfac", Verdict.NOT_REPRODUCED,
            "ngd-exact-unstable", Verdict.NOT_REPRODUCED,
            // Whitening by input normalisation is nearly as good where the axes are aligned; four seeds cannot tell.
            "batch-norm-behind-kfac-aligned", Verdict.MILD,
            // With 60 inputs the rest of a weakly damped update tilts the singular vector; the spike itself agrees.
            "singular-vector-matches-theory", Verdict.MILD);

    @BeforeAll
    static void runEverything() {
        sections = new Runner(folder, THREADS, (done, task) -> {})
                .run(Catalogue.all(Preset.SMALL, null)).stream()
                        .map(finished -> finished.experiment().section(finished.table()))
                        .toList();
    }

    private static Stream<Claim> claims() {
        return sections.stream().flatMap(section -> section.claims().stream());
    }

    @ParameterizedTest
    @MethodSource("claims")
    void theVerdictIsAsExpected(Claim claim) {
        assertThat(claim.verdict())
                .as("%s: %s = %s, expected %s", claim.id(), claim.quantity(), claim.measured(), claim.expectation())
                .isEqualTo(OTHERWISE.getOrDefault(claim.id(), Verdict.REPRODUCED));
    }

    @Test
    void everyExperimentTestsClaimsOfDifferentNames() {
        Map<String, Claim> byName = new TreeMap<>();

        assertThat(sections).hasSameSizeAs(Catalogue.values()).allSatisfy(section -> {
            assertThat(section.claims()).as(section.name()).isNotEmpty();
            assertThat(section.figures()).as(section.name()).isNotEmpty();
        });
        assertThat(claims())
                .allSatisfy(claim ->
                        assertThat(byName.put(claim.id(), claim)).as(claim.id()).isNull());
        assertThat(byName).containsKeys(OTHERWISE.keySet().toArray(String[]::new));
    }

    @Test
    void onePageHoldsEverything() throws IOException {
        Path page = folder.resolve("report.html");

        SuiteReport.write(page, "Claims", "a test", "small", sections);

        String text = Files.readString(page);
        assertThat(claims()).allSatisfy(claim -> assertThat(text).contains("id=\"" + claim.id() + "\""));
        assertThat(text).doesNotContain("src=\"http", "href=\"http");
    }
}
