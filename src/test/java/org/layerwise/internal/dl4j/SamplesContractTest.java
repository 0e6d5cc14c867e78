package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.testing.ArrayAssert.assertThatArray;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.dl4j.Capture;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.method.Samples;
import org.layerwise.testing.Loops;
import org.layerwise.testing.RandomMatrices;
import org.layerwise.testing.Tolerance;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The contract of every layer kind that gives samples: their gradient is DL4J's own, and so is that along a direction. */
class SamplesContractTest {
    private static final int EXAMPLES = 7;

    private static MultiLayerNetwork network(boolean bias) {
        Layer dense = new DenseLayer.Builder().nIn(4).nOut(5).hasBias(bias).build();
        Layer output = new OutputLayer.Builder(LossFunction.MCXENT)
                .nIn(5)
                .nOut(3)
                .hasBias(bias)
                .activation(Activation.SOFTMAX)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Kfac())
                .activation(Activation.TANH)
                .list()
                .layer(dense)
                .layer(output)
                .build());
        net.init();
        return net;
    }

    /** Keeps what a capture shows, with the layer's input of that moment. */
    private static final class Keeper implements Capture.Recorder {
        private final LayerSlot slot;
        private final boolean bias;
        private @Nullable Samples samples;

        Keeper(LayerSlot slot, boolean bias) {
            this.slot = slot;
            this.bias = bias;
        }

        @Override
        public void record(INDArray outputGradients) {
            INDArray x = ((org.deeplearning4j.nn.api.Layer) slot.running()).input();
            samples = new Samples(x.detach(), outputGradients.detach(), bias, x.rows(), 1.0 / x.rows(), 1.0 / x.rows());
        }

        Samples samples() {
            return Objects.requireNonNull(samples);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gradient_ofEverySampledKind_isDl4jsOwn(boolean bias) {
        MultiLayerNetwork net = network(bias);
        NetworkAdapter adapter = new MultiLayerAdapter(net);
        List<Keeper> keepers = new ArrayList<>();
        for (LayerSlot slot : adapter.slots()) {
            LayerKind kind = Objects.requireNonNull(LayerBlocks.kind(slot));
            assertThat(kind.sampleObstacle(slot, Objects.requireNonNull(slot.configuration())))
                    .isNull();
            Keeper keeper = new Keeper(slot, bias);
            (slot.output() ? new LossCapture() : new ActivationCapture()).install(slot, keeper);
            keepers.add(keeper);
        }
        RandomMatrices random = new RandomMatrices(11);
        net.setInput(Loops.array(random.gaussian(EXAMPLES, 4), DataType.DOUBLE, 'c'));
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, 3);
        for (int i = 0; i < EXAMPLES; i++) {
            labels.putScalar(i, i % 3, 1);
        }
        net.setLabels(labels);
        net.computeGradientAndScore();

        for (int i = 0; i < keepers.size(); i++) {
            INDArray expected = net.gradient().getGradientFor(i + "_W").dup();
            if (bias) {
                expected = Nd4j.vstack(
                        expected, net.gradient().getGradientFor(i + "_b").reshape(1, expected.columns()));
            }
            Samples samples = keepers.get(i).samples();
            assertThat(samples.rows()).isEqualTo(EXAMPLES);
            assertThatArray(samples.gradient()).isCloseTo(expected, Tolerance.FORMULA);
            INDArray direction =
                    Loops.array(random.gaussian(expected.rows(), expected.columns()), DataType.DOUBLE, 'f');
            assertThat(samples.along(direction).sumNumber().doubleValue())
                    .isCloseTo(
                            expected.mul(direction).sumNumber().doubleValue(),
                            org.assertj.core.data.Offset.offset(1e3 * Tolerance.FORMULA));
        }
    }
}
