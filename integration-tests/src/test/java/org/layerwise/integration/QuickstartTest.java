package org.layerwise.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.updater.Kfac;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The README's quickstart, compiled and run. */
class QuickstartTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Path THIS =
            Path.of("src", "test", "java", "org", "layerwise", "integration", "QuickstartTest.java");

    @Test
    void quickstart_trains() {
        DataSetIterator data = data();
        // quickstart
        MultiLayerConfiguration conf = new NeuralNetConfiguration.Builder()
                .updater(new Kfac(0.05)) // the only changed line of an existing network
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(20).nOut(32).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(32)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(conf);
        net.init();
        Attachment attachment = Layerwise.attach(net); // gives every layer's updater its shapes and statistics
        net.fit(data, 10);
        String plan = attachment.plan().toString(); // what every layer gets, and why
        // end
        assertThat(plan).contains("21 x 32", "33 x 3", "100.0 %");
        assertThat(net.score()).isLessThan(0.3);
        assertThat(attachment.diagnostics().values())
                .allSatisfy(d -> assertThat(d.toString()).isEqualTo("no failures"));
    }

    private static DataSetIterator data() {
        Nd4j.getRandom().setSeed(1);
        INDArray x = Nd4j.randn(DataType.FLOAT, 512, 20);
        INDArray y = Nd4j.zeros(DataType.FLOAT, 512, 3);
        for (int i = 0; i < 512; i++) {
            double s = x.getDouble(i, 0) + x.getDouble(i, 1);
            y.putScalar(i, s > 1 ? 2 : s > -1 ? 1 : 0, 1);
        }
        List<DataSet> batches = new DataSet(x, y).batchBy(128);
        return new ListDataSetIterator<>(batches, 1);
    }

    @Test
    void readme_showsThisCode() throws IOException {
        Matcher shown = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        assertThat(shown.find()).isTrue();
        Matcher compiled =
                Pattern.compile("// quickstart\\n(.*?)// end", Pattern.DOTALL).matcher(Files.readString(THIS));
        assertThat(compiled.find()).isTrue();
        assertThat(normalise(shown.group(1))).isEqualTo(normalise(compiled.group(1)));
    }

    private static String normalise(String code) {
        return code.replaceAll("\\s+", " ").trim();
    }
}
