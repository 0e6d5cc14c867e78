package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.NormBall;
import org.layerwise.settings.Period;
import org.layerwise.settings.PolarIteration;
import org.layerwise.settings.Role;
import org.layerwise.settings.Sides;
import org.layerwise.settings.Whitening;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Configurations survive DL4J's mappers, and text that was edited badly is refused. */
class JsonTest {
    static Stream<BlockConfiguration> configurations() {
        return Stream.of(
                new Kfac(),
                new Kfac(0.125),
                new Kfac(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 3)),
                Kfac.builder()
                        .learningRate(new ExponentialSchedule(ScheduleType.ITERATION, 0.1, 0.99))
                        .build(),
                Kfac.builder().damping(Damping.factored(0.03)).build(),
                Kfac.builder().damping(Damping.exact(0.03)).build(),
                Kfac.builder().damping(Damping.perFactor(0.01, 0.02)).build(),
                Kfac.builder().damping(Damping.relativeToTrace(0.03)).build(),
                Kfac.builder().fisher(FisherEstimator.monteCarlo(3, 1L << 40)).build(),
                Kfac.builder().fisher(FisherEstimator.empirical()).build(),
                Kfac.builder().fisher(FisherEstimator.exact()).build(),
                Kfac.builder().sides(Sides.OUTPUT).withoutKlClip().strict(true).build(),
                Kfac.builder()
                        .eigenvalueCorrected(true)
                        .nesterov(true)
                        .movingAverage(0.5)
                        .build(),
                Kfac.builder()
                        .statistics(Period.every(7))
                        .refresh(Period.growingTo(9))
                        .build(),
                Kfac.builder()
                        .statistics(Period.geometric(2, 64))
                        .refresh(Period.at(1, 5, 1L << 40))
                        .build(),
                Kfac.builder().fallback(new Nesterovs(0.1, 0.8)).build(),
                new Kfac().bind(FedLayer.layout("dense7", 4, 3)),
                new Muon(),
                new Muon(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 3)),
                Muon.moonlight()
                        .orthogonalization(PolarIteration.polarExpress(6))
                        .outputLayers(true)
                        .build(),
                new Muon()
                        .bind(ParameterLayout.of(
                                "conv1",
                                List.of(
                                        Matrix.contiguous("b", 0, 1, 2, Role.VECTOR, 1),
                                        Matrix.contiguous("W", 2, 12, 2, Role.CONVOLUTION, 4)))),
                new NorMuon(),
                NorMuon.builder().beta2(.5).normalized(false).momentum(.5).build(),
                new PsgdKron(),
                PsgdKron.builder()
                        .geometry(Whitening.Geometry.QUAD)
                        .maxSkew(4)
                        .initialScale(2)
                        .momentum(.5)
                        .whitenMomentum(true)
                        .updates(Period.every(7))
                        .largestRms(1.1)
                        .build(),
                new Scion(),
                Scion.builder()
                        .alpha(0.5)
                        .ball(
                                Role.HIDDEN,
                                NormBall.of(NormBall.Norm.PER_OUTPUT, 50).unnormalized())
                        .withoutBall(Role.VECTOR)
                        .build(),
                new Shampoo(),
                Shampoo.published().lookAhead(.81).build(),
                Shampoo.builder()
                        .traceScaling(true)
                        .grafting(Grafting.rmsProp(.99, 1e-10))
                        .root(InverseRoot.absolute(1e-6).by(InverseRoot.Solver.COUPLED_NEWTON))
                        .inputExponent(0)
                        .outputExponent(.5)
                        .statistics(Period.at(1, 2, 5))
                        .startStep(3)
                        .build(),
                new Soap(),
                Soap.eigenvalueCorrectedShampoo().build(),
                new Soap(new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 3)),
                Soap.builder()
                        .withoutBlocks()
                        .beta1(.9)
                        .beta2(.99)
                        .factorDecay(.8)
                        .statistics(Period.every(3))
                        .refresh(Period.at(4, 9))
                        .spreadRefreshes(false)
                        .strict(true)
                        .build(),
                new Foof(),
                Foof.builder().dampingRelativeToTrace(0.1).klClip(2).build(),
                new Foof(new PolySchedule(ScheduleType.ITERATION, 0.1, 2, 100)));
    }

    private static MultiLayerConfiguration network(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(3).build())
                .layer(new OutputLayer.Builder().nIn(3).nOut(2).build())
                .build();
    }

    private static IUpdater updater(MultiLayerConfiguration configuration, int layer) {
        return ((BaseLayer) configuration.getConf(layer).getLayer()).getIUpdater();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void json_network_roundTrips(BlockConfiguration updater) {
        MultiLayerConfiguration back =
                MultiLayerConfiguration.fromJson(network(updater).toJson());

        assertThat(updater(back, 0)).isEqualTo(updater).hasSameHashCodeAs(updater);
        assertThat(updater(back, 1)).isEqualTo(updater);
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void yaml_network_roundTrips(BlockConfiguration updater) {
        MultiLayerConfiguration back =
                MultiLayerConfiguration.fromYaml(network(updater).toYaml());

        assertThat(updater(back, 0)).isEqualTo(updater);
    }

    @Test
    void json_singleConfiguration_roundTrips() {
        NeuralNetConfiguration configuration = network(new Kfac(0.3)).getConf(0);

        NeuralNetConfiguration back = NeuralNetConfiguration.fromJson(configuration.toJson());

        assertThat(((BaseLayer) back.getLayer()).getIUpdater()).isEqualTo(new Kfac(0.3));
    }

    @ParameterizedTest
    @CsvSource({
        "decay, 0.9, 1.5",
        "movingAverage, 0.95, -1.0",
        "bound, 1.0, -3.0",
        "lambda, 1.0, -2.0",
        "samples, 1, 0",
        "steps, 10, 0"
    })
    void json_badValue_isRefusedWithItsMessage(String property, String good, String bad) {
        Kfac kfac = Kfac.builder().damping(Damping.factored(1)).klClip(1).build();
        String json = network(kfac).toJson();
        String edited = json.replace("\"" + property + "\" : " + good, "\"" + property + "\" : " + bad);
        assertThat(edited).as("the property is there").isNotEqualTo(json);

        assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(edited)).hasStackTraceContaining(bad);
    }
}
