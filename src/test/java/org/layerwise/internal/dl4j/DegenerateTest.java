package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.settings.Damping;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** With damping far above the curvature the preconditioner is a multiple of the identity: DL4J's own updaters, step for step. */
class DegenerateTest {
    private static final int STEPS = 20;
    private static final double LEARNING_RATE = 0.1;
    /** Damping: the inverse of (A + d I) is I/d up to a relative error of |A|/d. */
    private static final double HUGE = 1e12;

    private static final double TOLERANCE = 1e-9;

    private static final Spec SPEC = new Spec(Activation.TANH, Activation.SOFTMAX, new LossMCXENT(), 4, 6, 5, 3);

    private static INDArray features() {
        Nd4j.getRandom().setSeed(5);
        return Nd4j.randn(DataType.DOUBLE, 12, 4);
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 12, 3);
        for (int i = 0; i < 12; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        return labels;
    }

    private static Kfac.Builder identityKfac() {
        return Kfac.builder()
                .learningRate(LEARNING_RATE * HUGE)
                .damping(Damping.factored(HUGE))
                .momentum(0)
                .withoutKlClip();
    }

    private static Foof.Builder identityFoof() {
        return Foof.builder()
                .learningRate(LEARNING_RATE * HUGE)
                .damping(HUGE)
                .momentum(0)
                .withoutKlClip();
    }

    private static void assertSameTraining(Model ours, Model theirs, double tolerance) {
        theirs.setParams(ours.params().dup());
        TestNets.attach(ours);
        for (int i = 0; i < STEPS; i++) {
            TestNets.fit(ours, features(), labels());
            TestNets.fit(theirs, features(), labels());
            assertThat(ours.params().sub(theirs.params()).amaxNumber().doubleValue())
                    .as("largest parameter difference after step %s", i)
                    .isLessThan(tolerance);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void foof_hugeDamping_isSgd(Kind kind) {
        assertSameTraining(
                SPEC.model(kind, identityFoof().build()), SPEC.model(kind, new Sgd(LEARNING_RATE)), TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void foofWithNesterov_hugeDamping_isNesterovs(Kind kind) {
        assertSameTraining(
                SPEC.model(kind, identityFoof().momentum(.9).nesterov(true).build()),
                SPEC.model(kind, new Nesterovs(LEARNING_RATE, .9)),
                TOLERANCE);
    }

    /** pi sqrt(d) times sqrt(d)/pi is d, but the cross terms |A| sqrt(d)/pi decay with the root only. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void kfac_hugeDamping_isSgd(Kind kind) {
        assertSameTraining(SPEC.model(kind, identityKfac().build()), SPEC.model(kind, new Sgd(LEARNING_RATE)), 1e-4);
    }

    @Test
    void kfacExactDamping_hugeDamping_isNesterovs() {
        assertSameTraining(
                SPEC.network(identityKfac()
                        .damping(Damping.exact(HUGE))
                        .momentum(.9)
                        .nesterov(true)
                        .build()),
                SPEC.network(new Nesterovs(LEARNING_RATE, .9)),
                TOLERANCE);
    }

    private static void assertSameWith(UnaryOperator<NeuralNetConfiguration.Builder> setting) {
        IUpdater ours = identityFoof().momentum(.9).nesterov(true).klClip(1e300).build();
        IUpdater theirs = new Nesterovs(LEARNING_RATE, .9);
        // DL4J multiplies weight decay by the learning rate, which is larger here by the damping.
        assertSameTraining(
                SPEC.network(setting.apply(SPEC.builder(ours))),
                SPEC.network(setting.apply(SPEC.builder(theirs))),
                TOLERANCE);
    }

    @Test
    void l1AndL2_areInTheGradient() {
        assertSameWith(builder -> builder.l1(.01).l2(.02));
    }

    @Test
    void weightDecayWithoutLearningRate_isAddedToTheUpdate() {
        assertSameWith(builder -> builder.weightDecay(.001, false));
    }

    @Test
    void gradientNormalisation_comesFirst() {
        assertSameWith(builder -> builder.gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(.01));
    }

    @Test
    void learningRateSchedule_isFollowed() {
        Foof foof = Foof.builder()
                .withoutKlClip()
                .learningRate(new StepSchedule(ScheduleType.ITERATION, LEARNING_RATE * HUGE, .5, 5))
                .damping(HUGE)
                .momentum(0)
                .build();
        Sgd sgd = new Sgd(new StepSchedule(ScheduleType.ITERATION, LEARNING_RATE, .5, 5));
        assertSameTraining(SPEC.network(foof), SPEC.network(sgd), TOLERANCE);
    }

    @Test
    void clipThatNeverBinds_changesNothingEvenWithWeightDecay() {
        Kfac.Builder kfac = Kfac.builder().learningRate(.05).damping(Damping.factored(.1));
        MultiLayerNetwork clipped =
                SPEC.network(SPEC.builder(kfac.klClip(1e30).build()).weightDecay(.01));
        MultiLayerNetwork free =
                SPEC.network(SPEC.builder(kfac.withoutKlClip().build()).weightDecay(.01));
        Layerwise.attach(free);
        assertSameTraining(clipped, free, 1e-14);
    }

    @Test
    void setLearningRate_keepsMomentumAndCurvature() {
        MultiLayerNetwork ours =
                SPEC.network(identityFoof().momentum(.9).nesterov(true).build());
        MultiLayerNetwork theirs = SPEC.network(new Nesterovs(LEARNING_RATE, .9));
        assertSameTraining(ours, theirs, TOLERANCE);
        ours.setLearningRate(LEARNING_RATE * HUGE / 2);
        theirs.setLearningRate(LEARNING_RATE / 2);
        for (int i = 0; i < STEPS; i++) {
            ours.fit(features(), labels());
            theirs.fit(features(), labels());
        }
        assertThat(ours.params().sub(theirs.params()).amaxNumber().doubleValue())
                .isLessThan(TOLERANCE);
    }
}
