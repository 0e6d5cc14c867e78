package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.CrashReportingUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.layerwise.internal.linalg.FailingLapack;
import org.layerwise.internal.linalg.FailingLapack.Fault;
import org.layerwise.internal.linalg.FailingLapack.Routine;
import org.layerwise.method.Diagnostics;
import org.layerwise.method.Diagnostics.Event;
import org.layerwise.settings.Damping;
import org.layerwise.settings.NumericalException;
import org.layerwise.settings.Period;
import org.layerwise.testing.CapturedLog;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * LAPACK fails while a network is trained: it goes on, with parameters that are numbers, and says what happened; in strict mode
 * it stops with them.
 */
class LapackFailureInTrainingTest {
    private static final int HEALTHY = 4;
    private static final double RATE = .02;
    private static final List<String> LAYERS = List.of("layer0", "layer1");

    private final FailingLapack lapack = FailingLapack.open();

    @AfterEach
    void close() {
        lapack.close();
    }

    /** Everything that calls LAPACK, with a refresh at every step. */
    enum User {
        KFAC,
        KFAC_EXACT,
        EKFAC,
        FOOF,
        SOAP,
        ESHAMPOO,
        ESHAMPOO_QR,
        SHAMPOO;

        IUpdater updater(boolean strict) {
            Period every = Period.every(1);
            return switch (this) {
                case KFAC -> kfac(strict).build();
                case KFAC_EXACT -> kfac(strict).damping(Damping.exact(.01)).build();
                case EKFAC -> kfac(strict).eigenvalueCorrected(true).build();
                case FOOF ->
                    Foof.builder()
                            .learningRate(RATE)
                            .statistics(every)
                            .refresh(every)
                            .strict(strict)
                            .build();
                case SOAP, ESHAMPOO, ESHAMPOO_QR ->
                    Soap.builder()
                            .variant(Soap.Variant.valueOf(name()))
                            // Its steps of many times the rate are documented.
                            .learningRate(this == ESHAMPOO_QR ? RATE / 1e5 : RATE)
                            .statistics(every)
                            .refresh(every)
                            .strict(strict)
                            .build();
                case SHAMPOO ->
                    Shampoo.builder()
                            .learningRate(RATE)
                            .statistics(every)
                            .refresh(every)
                            .strict(strict)
                            .build();
            };
        }

        private static Kfac.Builder kfac(boolean strict) {
            return Kfac.builder()
                    .learningRate(RATE)
                    .statistics(Period.every(1))
                    .refresh(Period.every(1))
                    .strict(strict);
        }

        /** What a refresh calls. */
        List<Routine> routines() {
            return switch (this) {
                case KFAC, FOOF -> List.of(Routine.POTRF, Routine.POTRI);
                case SOAP, ESHAMPOO_QR -> List.of(Routine.GEQRF, Routine.ORGQR);
                default -> List.of(Routine.SYEVD);
            };
        }

        boolean rotates() {
            return this == SOAP || this == ESHAMPOO || this == ESHAMPOO_QR;
        }

        /** What is said where a refresh leaves what there was. */
        String keeps() {
            return rotates()
                    ? "a block keeps its eigenbasis"
                    : this == SHAMPOO ? "keeps its last roots" : "its curvature could not be inverted";
        }

        /** What is counted where there is nothing to keep. */
        Event without() {
            return switch (this) {
                case SOAP -> Event.NOT_ROTATED;
                case ESHAMPOO, ESHAMPOO_QR -> Event.INVERSE_KEPT; // the identity
                default -> Event.PLAIN_GRADIENT;
            };
        }

        /** What is said then. */
        String goesWithout() {
            return this == SOAP ? "a block is not rotated" : this == SHAMPOO ? "steps by the graft alone" : keeps();
        }
    }

    private static Stream<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (User user : User.values()) {
            for (Routine routine : user.routines()) {
                Fault.numerical().forEach(fault -> cases.add(Arguments.of(user, routine, fault)));
            }
        }
        return cases.stream();
    }

    /** A network in training. */
    private static final class Run {
        final Model model;
        final Attachment attachment;
        private final DataType type;
        private int seed;

        Run(User user, boolean strict, DataType type) {
            this.type = type;
            Kind kind = type == DataType.FLOAT ? Kind.MULTI_LAYER : Kind.GRAPH;
            this.model = Training.model(kind, user.updater(strict), type);
            this.attachment = TestNets.attach(model);
        }

        Run fit(int steps) {
            for (int i = 0; i < steps; i++) {
                INDArray before = model.params().dup();
                Training.fit(model, Training.batch(seed++, type));
                assertThat(Training.finite(model.params()))
                        .as("parameters are finite")
                        .isTrue();
                assertThat(Training.distance(model.params(), before))
                        .as("a step")
                        .isPositive();
            }
            return this;
        }

        Diagnostics diagnostics(String layer) {
            return Objects.requireNonNull(attachment.diagnostics().get(layer), layer);
        }

        void requireCounted(Event event) {
            for (String layer : LAYERS) {
                assertThat(diagnostics(layer).count(event))
                        .as("%s of %s", event, layer)
                        .isPositive();
                for (Event never : List.of(Event.STATE_RESET, Event.STEP_SKIPPED, Event.STATISTICS_DROPPED)) {
                    assertThat(diagnostics(layer).count(never)).as("%s", never).isZero();
                }
            }
        }
    }

    private static void requireSaidOnce(CapturedLog log, String what, String code) {
        for (String layer : LAYERS) {
            assertThat(log.warnings(what))
                    .filteredOn(warning -> warning.startsWith("Layer " + layer))
                    .as("warnings of %s that say '%s'", layer, what)
                    .singleElement()
                    .asString()
                    .contains(code);
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void training_failingLater_goesOnWithWhatThereWas(User user, Routine routine, Fault fault) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            Run run = new Run(user, false, type).fit(HEALTHY);
            lapack.fail(routine, fault);
            try (CapturedLog log = CapturedLog.open()) {
                run.fit(3);
                requireSaidOnce(log, user.keeps(), fault.code());
            }
            run.requireCounted(Event.INVERSE_KEPT);
            String counted = run.attachment.diagnostics().toString();
            lapack.mend();
            run.fit(2);
            assertThat(run.attachment.diagnostics()).as("recovered").hasToString(counted);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void training_failingFromTheStart_goesOnWithout(User user) {
        Fault.numerical().forEach(fault -> {
            Run run = new Run(user, false, DataType.FLOAT);
            user.routines().forEach(routine -> lapack.fail(routine, fault));
            lapack.fail(Routine.SYEVD, fault); // SOAP's first basis
            try (CapturedLog log = CapturedLog.open()) {
                run.fit(HEALTHY);
                requireSaidOnce(log, user.goesWithout(), fault.code());
            }
            run.requireCounted(user.without());
            lapack.mend();
            run.fit(2);
        });
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void training_singlePrecisionFailing_stepsAsIfNothingHadHappened(User user, Routine routine, Fault fault) {
        Run healthy = new Run(user, false, DataType.FLOAT).fit(HEALTHY + 2);
        Run run = new Run(user, false, DataType.FLOAT).fit(HEALTHY);
        lapack.fail(routine, fault, DataType.FLOAT);
        try (CapturedLog log = CapturedLog.open()) {
            run.fit(2);
            requireSaidOnce(log, "double precision", fault.code());
        }
        run.requireCounted(Event.DOUBLE_PRECISION);
        // Adam in an eigenbasis steps along rounding where there is no gradient, as in the sum of softmax outputs.
        assertThat(Training.distance(run.model.params(), healthy.model.params()))
                .isLessThan(user.rotates() ? 2 * RATE : Tolerance.chain(DataType.FLOAT));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"KFAC", "FOOF"})
    void training_failingOnce_raisesTheDampingAndSaysSo(User user) {
        Run run = new Run(user, false, DataType.DOUBLE).fit(HEALTHY);
        try (CapturedLog log = CapturedLog.open()) {
            for (int i = 0; i < 2; i++) {
                lapack.fail(Routine.POTRF, Fault.POSITIVE, DataType.DOUBLE, 1);
                run.fit(1);
            }
            assertThat(log.warnings("damping"))
                    .singleElement()
                    .asString()
                    .contains("layer0", "was taken", Routine.POTRF.words(), Fault.POSITIVE.code());
        }
        assertThat(run.diagnostics("layer0")).hasToString("damping raised 2");
        assertThat(run.diagnostics("layer1")).hasToString("no failures");
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void strictTraining_failing_throwsAndLeavesTheParameters(User user, Routine routine, Fault fault) {
        Run run = new Run(user, true, DataType.FLOAT).fit(HEALTHY);
        INDArray before = run.model.params().dup();
        lapack.fail(routine, fault);

        assertThatExceptionOfType(NumericalException.class)
                .isThrownBy(() -> run.fit(1))
                .withMessageContaining(fault == Fault.NAN ? "NaN" : routine.words())
                .withMessageContaining(fault.code())
                .satisfies(e -> assertThat(e.getMessage()).containsAnyOf(LAYERS.toArray(new String[0])))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(fault.reason(routine)));
        assertThat(Training.distance(run.model.params(), before)).isZero();
        lapack.mend();
        run.fit(2);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void training_outOfMemory_stops(User user) {
        Run run = new Run(user, false, DataType.FLOAT).fit(HEALTHY);
        INDArray before = run.model.params().dup();
        user.routines().forEach(routine -> lapack.fail(routine, Fault.OUT_OF_MEMORY));
        CrashReportingUtil.crashDumpsEnabled(false); // files in the working directory

        try {
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> run.fit(1));
        } finally {
            CrashReportingUtil.crashDumpsEnabled(true);
        }
        assertThat(Training.distance(run.model.params(), before)).isZero();
        lapack.mend();
        run.fit(2);
    }
}
