package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;
import static org.layerwise.testing.Tolerance.FORMULA;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.dl4j.TestNets.Kind;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.IUpdater;

/** A step is what lies between two updates: gradients computed and applied by hand train as {@code fit} does. */
class HandStepTest {
    private static final DataType TYPE = DataType.DOUBLE;
    /** More than the common multiple of the periods of statistics and refreshes. */
    private static final int STEPS = 9;

    private static Stream<Arguments> everyUpdater() {
        return EveryUpdater.values().stream()
                .flatMap(method -> Stream.of(Kind.values()).map(kind -> Arguments.of(method, kind)));
    }

    private static Model attached(Kind kind, EveryUpdater method) {
        return attach(Training.model(kind, method.updater(), TYPE), method);
    }

    private static Model attach(Model model, EveryUpdater method) {
        if (!method.control()) {
            TestNets.attach(model);
        }
        return model;
    }

    private static void assertSame(Model byHand, Model fitted) {
        assertSame(byHand, fitted, step -> true);
    }

    private static void assertSame(Model model, Model fitted, IntPredicate byHand) {
        for (int step = 0; step < STEPS; step++) {
            DataSet batch = Training.batch(step, TYPE);
            Training.fit(fitted, batch);
            if (byHand.test(step)) {
                Training.stepByHand(model, batch);
            } else {
                Training.fit(model, batch);
            }
        }
        assertThatArray(model.params()).isCloseTo(fitted.params(), FORMULA);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyUpdater")
    void stepsByHand_fromTheFirstOn_equalFit(EveryUpdater method, Kind kind) {
        assertSame(attached(kind, method), attached(kind, method));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyUpdater")
    void stepsByHandAndFit_inTurn_equalFit(EveryUpdater method, Kind kind) {
        assertSame(attached(kind, method), attached(kind, method), step -> step % 3 == 1);
    }

    /** DL4J adds these to the gradient before the updater and to the update behind it, and divides by the batch if asked to. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyUpdater")
    void stepsByHand_regularisedSumsOverTheBatch_equalFit(EveryUpdater method, Kind kind) {
        IUpdater updater = method.updater();
        assertSame(
                attach(Training.model(kind, summed(updater)), method),
                attach(Training.model(kind, summed(updater)), method));
    }

    private static NeuralNetConfiguration.Builder summed(IUpdater updater) {
        return Training.builder(updater.clone(), TYPE).l2(.01).weightDecay(.01).miniBatch(false);
    }

    /** A pass whose gradient, if it has one, is never applied. */
    enum Pass {
        GRADIENT_AND_SCORE {
            @Override
            void run(Model model, DataSet batch) {
                Training.computeGradient(model, batch);
            }
        },
        CALCULATE_GRADIENTS {
            @Override
            void run(Model model, DataSet batch) {
                if (model instanceof MultiLayerNetwork net) {
                    net.calculateGradients(batch.getFeatures(), batch.getLabels(), null, null);
                }
            }
        },
        SCORE {
            @Override
            void run(Model model, DataSet batch) {
                double score = model instanceof MultiLayerNetwork net
                        ? net.score(batch, true)
                        : ((ComputationGraph) model).score(batch, true);
                assertThat(score).isFinite();
            }
        },
        OUTPUT {
            @Override
            void run(Model model, DataSet batch) {
                assertThat(TestNets.output(model, batch.getFeatures()).length()).isPositive();
            }
        },
        FEED_FORWARD {
            @Override
            void run(Model model, DataSet batch) {
                if (model instanceof MultiLayerNetwork net) {
                    net.feedForward(batch.getFeatures(), true);
                } else {
                    ((ComputationGraph) model).feedForward(batch.getFeatures(), true);
                }
            }
        },
        EVALUATE {
            @Override
            void run(Model model, DataSet batch) {
                SingletonDataSetIterator iterator = new SingletonDataSetIterator(batch);
                if (model instanceof MultiLayerNetwork net) {
                    net.evaluate(iterator);
                } else {
                    ((ComputationGraph) model).evaluate(iterator);
                }
            }
        };

        abstract void run(Model model, DataSet batch);
    }

    /** Each kind of pass before the first step and between steps, on batches of other sizes than those of the steps. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyUpdater")
    void passes_neverApplied_leaveNoTrace(EveryUpdater method, Kind kind) {
        INDArray expected = trained(method, kind, List.of());
        Map<Pass, Double> distances = new EnumMap<>(Pass.class);
        for (Pass pass : Pass.values()) {
            distances.put(pass, Training.distance(trained(method, kind, List.of(pass)), expected));
        }
        SoftAssertions softly = new SoftAssertions();
        distances.forEach(
                (pass, distance) -> softly.assertThat(distance).as("%s", pass).isZero());
        softly.assertThat(Training.distance(trained(method, kind, List.of(Pass.values())), expected))
                .as("all of them")
                .isZero();
        softly.assertAll();
    }

    private static INDArray trained(EveryUpdater method, Kind kind, List<Pass> passes) {
        Model model = attached(kind, method);
        DataSet other = Training.part(Training.batch(99, TYPE), 0, 11);
        for (int step = 0; step < 6; step++) {
            for (Pass pass : passes) {
                pass.run(model, other);
            }
            Training.fit(model, Training.batch(step, TYPE));
        }
        return model.params().dup();
    }

    private static Stream<Arguments> ours() {
        return everyUpdater().filter(arguments -> !((EveryUpdater) arguments.get()[0]).control());
    }

    /** As many steps as were taken are what diagnostics, periods and draws count: a pass is no step. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("ours")
    void state_afterUnappliedPass_isUntouched(EveryUpdater method, Kind kind) {
        Model model = attached(kind, method);
        Training.fit(model, TYPE, 0, 3);
        List<Double> distances = new ArrayList<>();
        for (Pass pass : Pass.values()) {
            INDArray before = Training.state(model).dup();
            pass.run(model, Training.batch(7, TYPE));
            distances.add(Training.distance(Training.state(model), before));
        }
        assertThat(distances).containsOnly(0.0);
    }
}
