package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Layerwise;
import org.layerwise.internal.dl4j.TestNets.Spec;
import org.layerwise.settings.Plan;
import org.layerwise.settings.Plan.LayerPlan;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** What the plan says of matrices that are preconditioned on one side, or on none. */
class PlanSidesTest {
    private static Plan plan(LayerwiseUpdater<?> updater, int... sizes) {
        Spec spec = new Spec(Activation.TANH, Activation.SOFTMAX, new LossMCXENT(), sizes);
        return Layerwise.attach(spec.with(DataType.FLOAT).network(updater)).plan();
    }

    private static LayerPlan first(LayerwiseUpdater<?> updater, int... sizes) {
        return plan(updater, sizes).layers().get(0);
    }

    private static List<String> notes(LayerwiseUpdater<?> updater, int... sizes) {
        return plan(updater, sizes).layers().stream().map(LayerPlan::note).toList();
    }

    @ParameterizedTest
    @EnumSource(Soap.Variant.class)
    void plan_sidesBeyondTheLimit_areNotCounted(Soap.Variant variant) {
        Soap soap = Soap.builder().variant(variant).maxDimension(512).build();
        Plan plan = plan(soap, 784, 1024, 10);
        LayerPlan wide = plan.layers().get(0);
        assertThat(wide.method()).isEqualTo("Soap");
        assertThat(wide.note()).isEqualTo("W: both sides exceed maxDimension 512; b: Adam");
        assertThat(wide.shape()).isEmpty();
        assertThat(wide.preconditioned()).isFalse();
        LayerPlan narrow = plan.layers().get(1);
        assertThat(narrow.note()).isEqualTo("W: outputs' side only; b: Adam");
        assertThat(narrow.shape()).isEqualTo("1024 x 10");
        assertThat(plan.coverage()).isEqualTo(10240.0 / (785 * 1024 + 1025 * 10));
    }

    @Test
    void plan_soap_saysWhichSide() {
        Soap.Builder builder = Soap.builder();
        assertThat(notes(builder.build(), 6, 9, 3)).containsOnly("b: Adam");
        assertThat(notes(builder.maxDimension(8).build(), 6, 9, 3))
                .containsExactly("W: inputs' side only; b: Adam", "W: outputs' side only; b: Adam");
        assertThat(first(builder.build(), 1, 6, 3).note()).startsWith("W: outputs' side only");
        LayerPlan elements = first(builder.blockSize(1).build(), 6, 8, 3);
        assertThat(elements.note()).startsWith("W: no side has blocks of more than one element");
        assertThat(elements.covered()).isZero();
    }

    /** Nothing is preconditioned, but the updater was asked for and runs. */
    @Test
    void attach_noSideOfAnyLayer_saysSo() {
        Plan plan = plan(Soap.builder().maxDimension(2).build(), 6, 9, 3);
        assertThat(plan.coverage()).isZero();
        assertThat(plan.layers()).extracting(LayerPlan::method).containsOnly("Soap");
    }

    @Test
    void plan_shampooWithoutExponents_stepsByTheGraft() {
        LayerPlan none = first(Shampoo.builder().exponent(0).build(), 6, 9, 3);
        assertThat(none.note()).isEqualTo("W: steps by the graft alone; b: Adam");
        assertThat(none.preconditioned()).isFalse();
        LayerPlan one = first(Shampoo.builder().inputExponent(0).build(), 6, 9, 3);
        assertThat(one.note()).isEqualTo("W: outputs' side only; b: Adam");
        assertThat(one.covered()).isEqualTo(54);
        // The only side that has an exponent is too long.
        Shampoo neither = Shampoo.builder().inputExponent(0).maxDimension(8).build();
        assertThat(notes(neither, 6, 9, 3)).first().isEqualTo("W: steps by the graft alone; b: Adam");
        assertThat(notes(Shampoo.builder().maxDimension(5).build(), 6, 9, 3))
                .containsExactly("W: both sides exceed maxDimension 5; b: Adam", "W: outputs' side only; b: Adam");
        assertThat(notes(new Shampoo(), 6, 9, 3)).containsOnly("b: Adam");
    }

    /** The long side of a block that is not square is diagonal. */
    @Test
    void plan_psgd_saysWhichSideIsDiagonal() {
        assertThat(notes(new PsgdKron(), 6, 9, 9, 3))
                .containsExactly("W: outputs' side diagonal; b: Adam", "b: Adam", "W: inputs' side diagonal; b: Adam");
        assertThat(notes(PsgdKron.builder().blockSize(6).build(), 9, 6, 6))
                .containsExactly("W: outputs' side diagonal in part; b: Adam", "b: Adam");
        LayerPlan limited = first(PsgdKron.builder().maxDimension(8).build(), 9, 9, 3);
        assertThat(limited.note()).isEqualTo("W: both sides exceed maxDimension 8; b: Adam");
        assertThat(limited.covered()).isZero();
        LayerPlan flat = first(PsgdKron.builder().maxSkew(0).build(), 9, 9, 3);
        assertThat(flat.note()).isEqualTo("W: both sides diagonal; b: Adam");
        assertThat(flat.covered()).isZero();
    }

    @Test
    void plan_muonAndScion_areWhole() {
        assertThat(first(Muon.builder().outputLayers(true).build(), 6, 9, 3).note())
                .isEqualTo("b: Adam");
        assertThat(first(new Scion(), 6, 9, 3).note()).isEmpty();
    }

    private static Plan attached(LayerwiseUpdater<?> updater, Layer layer, Layer output) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(updater)
                .list()
                .layer(layer)
                .layer(output)
                .build());
        net.init();
        return Layerwise.attach(net).plan();
    }

    private static Stream<Arguments> embeddings() {
        return Stream.of(
                Arguments.of(new Soap(), "W: outputs' side only", 160L),
                Arguments.of(Soap.builder().maxDimension(7).build(), "W: the outputs' side exceeds maxDimension 7", 0L),
                Arguments.of(new Shampoo(), "W: outputs' side only", 160L),
                Arguments.of(Shampoo.builder().outputExponent(0).build(), "W: steps by the graft alone", 0L),
                Arguments.of(new PsgdKron(), "W: inputs' side diagonal", 160L));
    }

    @ParameterizedTest
    @MethodSource("embeddings")
    void plan_embedding_isOneSided(LayerwiseUpdater<?> updater, String note, long covered) {
        OutputLayer output = new OutputLayer.Builder()
                .nIn(8)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build();
        EmbeddingLayer words = new EmbeddingLayer.Builder().nIn(20).nOut(8).build();
        LayerPlan plan = attached(updater, words, output).layers().get(0);
        assertThat(plan.note()).isEqualTo(note);
        assertThat(plan.covered()).isEqualTo(covered);
    }

    @Test
    void plan_gatesOfOneKind_shareARemark() {
        RnnOutputLayer output = new RnnOutputLayer.Builder()
                .nIn(3)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build();
        Soap soap = Soap.builder().maxDimension(8).build();
        Plan plan = attached(soap, new LSTM.Builder().nIn(9).nOut(3).build(), output);
        assertThat(plan.layers().get(0).note())
                .isEqualTo("W gate 1, W gate 2, W gate 3, W gate 4: outputs' side only; b: Adam");
    }
}
