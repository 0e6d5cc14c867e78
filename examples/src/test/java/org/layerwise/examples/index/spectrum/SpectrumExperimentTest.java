package org.layerwise.examples.index.spectrum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.examples.index.Examples;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask;
import org.layerwise.examples.index.Student;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.numeric.RightSingular;
import org.layerwise.examples.numeric.SquaredCosine;
import org.layerwise.examples.report.ResultTable;
import org.layerwise.examples.report.Section;
import org.layerwise.examples.run.InMemory;
import org.layerwise.examples.run.Preset;
import org.nd4j.linalg.api.ndarray.INDArray;

final class SpectrumExperimentTest {
    private static final SpectrumSettings TINY =
            new SpectrumSettings(20, 40, 400, 10, Teacher.TANH, .3, .1, List.of(.5, 2.0), 2, 2, 1);

    private static ResultTable table(SpectrumSettings settings) {
        return InMemory.table(new SpectrumExperiment(settings));
    }

    /** The update of the DL4J network is c1 a betahat^T and a remainder of a tenth. */
    @Test
    void update_isTheSpikeThatTheStrengthAssumes() {
        double damping = .1;
        IndexTask task = IndexTask.random(100, 100, IndexTask.Orientation.ROTATED, Teacher.TANH, .3, 1);
        Student.Start random = Student.Start.random(200, 100, 1);
        Student.Start start = new Student.Start(random.features(), random.head().mul(SpikedLayer.HEAD_SCALE));
        try (Examples examples = task.sample(4000, new SplittableRandom(2))) {
            for (FirstStep method : SpectrumSettings.METHODS) {
                INDArray update = method.update(start, examples, damping);
                INDArray estimate = SpikedLayer.estimate(method, examples, damping);
                double strength = SpikedLayer.MEAN_SLOPE
                        * start.head().norm2Number().doubleValue()
                        * estimate.norm2Number().doubleValue();

                RightSingular singular = RightSingular.of(update);

                assertThat(singular.value(0)).isCloseTo(strength, within(.03 * strength));
                assertThat(singular.value(1)).isLessThan(.15 * strength);
                assertThat(SquaredCosine.of(singular.vector(0), estimate)).isGreaterThan(.98);
            }
        }
    }

    @Test
    void singularValues_haveTheNormOfTheLayer() {
        SpectrumResult result = SpectrumResult.of(TINY, table(TINY));

        for (FirstStep method : SpectrumSettings.METHODS) {
            double[] values = result.spectrum(method);
            double square = 0;
            for (double value : values) {
                square += value * value / TINY.seeds();
            }

            assertThat(values).hasSize(2 * TINY.inputs());
            // |G0|^2 = dh on average, the spike adds theta^2; chi-square scatter sqrt(2 dh / dX / seeds) and the cross
            // term.
            assertThat(square).isCloseTo(TINY.hidden() + 4.0, within(8.0));
        }
        assertThat(result.leading(FirstStep.SGD, .5, SingularDirection::value)).hasSize(2);
    }

    @Test
    void sectionOfAFile_equalsTheOneOfMemory(@TempDir Path folder) throws IOException {
        SpectrumExperiment experiment = new SpectrumExperiment(TINY);

        Section section = InMemory.sectionThroughAFile(experiment, table(TINY), folder);

        assertThat(section.claims()).hasSize(5);
        assertThat(section.figures()).hasSize(2);
    }

    @Test
    void cells_doNotDependOnTheNumberOfSeeds() {
        assertThat(table(TINY.withSeeds(1)).rows())
                .isEqualTo(table(TINY).where("seed", 1).rows());
        assertThat(new SpectrumExperiment(TINY).cells().get(0).parameters())
                .isEqualTo(
                        new SpectrumExperiment(TINY.withSeeds(1)).cells().get(0).parameters());
    }

    @Test
    void settings_areChecked() {
        assertThatThrownBy(() -> SpectrumExperiment.of(Preset.SMALL, 0)).hasMessage("seeds is 0: must be in [1, 1000]");
        assertThatThrownBy(() -> new SpectrumSettings(20, 40, 400, 10, Teacher.TANH, .3, .1, List.of(1.0), 2, 1, 1))
                .hasMessage("shown is 2.0: must be one of the strengths [1.0]");
        assertThatThrownBy(() -> new SpectrumSettings(20, 10, 400, 10, Teacher.TANH, .3, .1, List.of(1.0), 1, 1, 1))
                .hasMessageContaining("hidden is 10");
    }
}
