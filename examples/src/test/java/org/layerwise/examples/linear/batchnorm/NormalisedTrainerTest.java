package org.layerwise.examples.linear.batchnorm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.examples.linear.Batch;
import org.layerwise.examples.linear.BatchSampler;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.Dimensions;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Normalisation;
import org.layerwise.examples.linear.Trainer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Steps with batch normalisation against the steps without it that they must equal. */
final class NormalisedTrainerTest {
    private static final Dimensions SIZES = new Dimensions(12, 6, 3, 40);
    private static final Dampings DAMPINGS = new Dampings(1e-5, 1e-4, 1e-5);
    private static final double RATE = .05;

    private final LinearTask task = LinearTask.random(SIZES, 10, .2, 1);
    private final LinearTask.Start start = LinearTask.start(SIZES, 1);

    /** Examples and their negatives: all means over the batch are zero. */
    private Batch symmetric() {
        try (Batch half = new BatchSampler(task, SIZES, 1).next()) {
            return new Batch(
                    Nd4j.vstack(half.inputs(), half.inputs().neg()),
                    Nd4j.vstack(half.targets(), half.targets().neg()));
        }
    }

    private INDArray features(Method method, Normalisation normalisation, Batch batch) {
        try (Trainer trainer = Variant.of(method, RATE, normalisation).trainer(start, DAMPINGS)) {
            trainer.step(batch);
            trainer.step(batch);
            return trainer.network().features().dup();
        }
    }

    @Test
    void hiddenNormalisationIsUndoneByTheHead() {
        try (Batch batch = symmetric()) {
            INDArray normalised = features(Method.AMGD, Normalisation.HIDDEN, batch);

            INDArray plain = features(Method.AMGD, Normalisation.NONE, batch);
            assertThat(normalised.distance2(plain)).isLessThan(1e-10);
            assertThat(normalised.distance2(start.features())).isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"AMGD", "ADAM"})
    void inputNormalisationIsTrainingOnNormalisedInputs(Method method) {
        try (Batch batch = symmetric()) {
            INDArray deviations = Transforms.sqrt(batch.inputs().var(false, 0).addi(Normalisation.EPSILON));
            Batch scaled = new Batch(batch.inputs().divRowVector(deviations), batch.targets());

            INDArray normalised = features(method, Normalisation.INPUT, batch);

            INDArray plain = features(method, Normalisation.NONE, scaled);
            assertThat(normalised.distance2(plain)).isLessThan(1e-10);
        }
    }

    @Test
    void variantsSayWhatTheyAre() {
        Variant input = Variant.of(Method.AMGD, .01, Normalisation.INPUT);

        assertThat(input.id()).isEqualTo("amgd-input-bn");
        assertThat(input.label()).isEqualTo("AMGD 0.01 + input BN");
        assertThat(Variant.of(Method.KFAC, .1, Normalisation.NONE).label()).isEqualTo("KFAC 0.1");
        assertThatThrownBy(() -> Variant.of(Method.KFAC, .1, Normalisation.HIDDEN))
                .hasMessage("KFAC with batch normalisation is not defined: need AMGD or Adam");
    }
}
