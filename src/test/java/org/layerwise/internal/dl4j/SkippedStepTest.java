package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.IUpdater;

/** Rates beyond the type, rates that are none, and batches that allow no step: never a parameter that is not finite. */
class SkippedStepTest {
    private static final int RUN = 30;

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        EveryUpdater.classes().forEach(method -> {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                for (Kind kind : Kind.values()) {
                    cases.add(Arguments.of(method, type, kind));
                }
            }
        });
        return cases.stream();
    }

    /** Finite as a double; times a direction it is not, or the next forward pass is not. */
    private static double hugeRate(DataType type) {
        return type == DataType.FLOAT ? 1e39 : 1e300;
    }

    private static IUpdater withRate(IUpdater updater, double rate) {
        updater.setLrAndSchedule(rate, null);
        return updater;
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void hugeRate_anyUpdater_leavesParametersFiniteOrIsRefused(EveryUpdater method, DataType type, Kind kind) {
        Model model = Training.model(kind, withRate(method.updater(), hugeRate(type)), type);
        INDArray before = model.params().dup();
        Attachment attachment = TestNets.attach(model);
        Throwable refusal = catchThrowable(() -> Training.fit(model, type, 0, 4));
        assertThat(Training.finite(model.params())).as("parameters are finite").isTrue();
        if (refusal != null) {
            assertThat(refusal).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("layer0");
        } else if (Training.distance(model.params(), before) == 0) {
            assertThat(Training.events(attachment, "layer0"))
                    .as("skipped steps")
                    .isGreaterThanOrEqualTo(4);
            assertThat(Training.events(attachment, "layer1"))
                    .as("skipped steps")
                    .isGreaterThanOrEqualTo(4);
        }
    }

    /** What no direction above 1 survives in any type: either a finite step or a true sentence, never a silent standstill. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void hugeRate_strictMode_namesLayerAndRate(EveryUpdater method, DataType type, Kind kind) {
        Model model = Training.model(kind, withRate(method.strict(), Double.MAX_VALUE), type);
        TestNets.attach(model);
        INDArray before = model.params().dup();
        Throwable failure = catchThrowable(() -> Training.fit(model, type, 0, 1));
        assertThat(Training.finite(model.params())).as("parameters are finite").isTrue();
        if (failure == null) {
            assertThat(Training.distance(model.params(), before)).as("a step").isGreaterThan(0);
        } else {
            assertThat(failure).hasMessageContaining("layer0").hasMessageContaining("rate");
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void rateThatIsNone_isRefusedNamingTheLayer(EveryUpdater method, DataType type, Kind kind) {
        for (double rate : new double[] {Double.NaN, -.1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY}) {
            Model model = Training.model(kind, method.updater(), type);
            TestNets.attach(model);
            Training.fit(model, type, 0, 2);
            INDArray before = model.params().dup();
            Throwable refusal = catchThrowable(() -> {
                Training.setRate(model, rate);
                Training.fit(model, type, 2, 3);
            });
            assertThat(refusal)
                    .as("rate %s", rate)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("layer0")
                    .hasMessageContaining(String.valueOf(rate));
            assertThat(Training.distance(model.params(), before)).isZero();
        }
    }

    private static DataSet withNanFeatures(DataType type) {
        DataSet batch = Training.batch(1, type);
        INDArray x = batch.getFeatures();
        for (int i = 0; i < x.length(); i++) {
            x.putScalar(i, Double.NaN);
        }
        return batch;
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void batchesOfNan_manyInARow_areSkippedAndCountedOneByOne(EveryUpdater method, DataType type, Kind kind) {
        Model model = Training.model(kind, method.updater(), type);
        Attachment attachment = TestNets.attach(model);
        Training.fit(model, type, 0, 2);
        INDArray before = model.params().dup();
        DataSet hopeless = withNanFeatures(type);
        for (int i = 1; i <= RUN; i++) {
            Training.fit(model, hopeless);
            assertThat(Training.events(attachment, "layer0")).isGreaterThanOrEqualTo(i);
            assertThat(Training.events(attachment, "layer1")).isGreaterThanOrEqualTo(i);
        }
        assertThat(Training.distance(model.params(), before)).isZero();
        Training.fit(model, type, 2, 4);
        assertThat(Training.finite(model.params())).isTrue();
        assertThat(Training.distance(model.params(), before)).isGreaterThan(0);
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void batchOfNan_strictMode_throwsAtThatStep(EveryUpdater method, DataType type, Kind kind) {
        Model model = Training.model(kind, method.strict(), type);
        TestNets.attach(model);
        Training.fit(model, type, 0, 2);
        INDArray before = model.params().dup();
        assertThatThrownBy(() -> Training.fit(model, withNanFeatures(type)))
                .hasMessageContaining("layer0")
                .hasMessageContaining("NaN")
                .hasMessageContaining("NaN");
        assertThat(Training.distance(model.params(), before)).isZero();
    }
}
