package org.layerwise.examples.index.risk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.report.Claim;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Row;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.report.Verdict;
import org.layerwise.examples.run.InMemory;
import org.layerwise.examples.run.Preset;

final class SecondStageTest {
    /** A table of the reference's sizes with the reference's values, each seed off by a factor. */
    private static RiskResult reference(double... factors) {
        RiskSettings settings = RiskSettings.of(Preset.QUICK).withSeeds(factors.length);
        RiskReference values = RiskReference.load();
        List<Outcome> outcomes = new ArrayList<>();
        for (double kappa : settings.kappas()) {
            for (Teacher teacher : settings.teachers()) {
                for (String method : RiskAgreement.METHODS) {
                    double risk = values.risk(kappa, teacher.id(), method).orElseThrow();
                    for (int seed = 0; seed < factors.length; seed++) {
                        outcomes.add(new Outcome(kappa, teacher.id(), seed, method, 1, .8, .1, risk * factors[seed]));
                        outcomes.add(
                                new Outcome(kappa, teacher.id(), seed, method, 10, .8, .1, 2 * risk * factors[seed]));
                    }
                }
            }
        }
        return new RiskResult(settings, outcomes);
    }

    @Test
    void referenceItself_meetsEveryClaim() {
        RiskResult result = reference(.98, 1, 1.02);

        assertThat(new RiskClaims(result).all())
                .hasSize(7)
                .allSatisfy(claim -> assertThat(claim.verdict()).as(claim.id()).isEqualTo(Verdict.REPRODUCED));
        assertThat(result.bestStep(new RiskResult.Problem(100, Teacher.QUADRATIC), "kfac"))
                .isEqualTo(1);
    }

    @Test
    void doubledRisks_doNotAgreeWithTheReference() {
        assertThat(RiskAgreement.all(reference(1.98, 2, 2.02))).hasSize(24).noneMatch(RiskAgreement::isWithinNoise);
    }

    @Test
    void smallSizes_areNotComparedWithTheReference() {
        RiskSettings small = RiskSettings.of(Preset.SMALL);

        assertThat(RiskAgreement.all(new RiskResult(small, List.of()))).isEmpty();
    }

    @Test
    void sectionOfAFile_equalsTheOneOfMemory(@TempDir Path folder) throws IOException {
        RiskResult result = reference(.9, 1.1);
        List<Row> rows = result.outcomes().stream().map(Outcome::row).toList();
        SecondStage experiment = new SecondStage(result.settings());
        ResultTable table = new ResultTable(experiment.columns(), rows);

        assertThat(InMemory.sectionThroughAFile(experiment, table, folder).figures())
                .hasSize(2);
    }

    @Test
    void singleSeed_makesASectionWithoutIntervals() {
        Section section = new RiskReport(reference(1)).section();

        assertThat(section.claims()).extracting(Claim::id).doesNotHaveDuplicates();
        assertThat(section.figures()).hasSize(2);
    }

    @Test
    void settings_areChecked() {
        assertThatThrownBy(() -> SecondStage.of(Preset.SMALL, 0)).hasMessage("seeds is 0: must be in [1, 1000]");
        assertThatThrownBy(() -> SecondStage.of(Preset.SMALL, 1001)).hasMessageContaining("seeds is 1001");
        assertThatThrownBy(() -> new RiskSizes(10, 5, 5, 10, 5)).hasMessageContaining("secondStage > inputs");
    }

    @Test
    void cells_areNamedByWhatTheyDependOn() {
        SecondStage experiment = SecondStage.of(Preset.SMALL, 2);

        assertThat(experiment.cells()).hasSize(12).extracting("id").doesNotHaveDuplicates();
        assertThat(experiment.cells()).extracting("parameters").doesNotHaveDuplicates();
        assertThat(experiment.cells().get(0).parameters())
                .isEqualTo(SecondStage.of(Preset.SMALL, 1).cells().get(0).parameters());
    }
}
