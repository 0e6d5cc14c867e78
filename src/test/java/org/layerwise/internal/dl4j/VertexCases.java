package org.layerwise.internal.dl4j;

import static org.layerwise.internal.dl4j.Layers.convolution;
import static org.layerwise.internal.dl4j.Layers.dense;
import static org.layerwise.internal.dl4j.Layers.head;
import static org.layerwise.internal.dl4j.Layers.lstm;
import static org.layerwise.internal.dl4j.Layers.seriesHead;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.learning.config.Adam;

/** Graphs around each of DL4J's vertices, which stands between layers with parameters. */
final class VertexCases {
    private static final InputType FLAT = InputType.feedForward(5);
    private static final InputType SERIES = InputType.recurrent(5, 3);
    private static final InputType IMAGE = InputType.convolutional(4, 4, 2);

    private final Map<String, NetworkCase> all = new LinkedHashMap<>();

    private VertexCases() {}

    static Map<String, NetworkCase> all() {
        VertexCases networkCases = new VertexCases();
        networkCases.ofOneInput();
        networkCases.ofTwoInputs();
        networkCases.overBatches();
        networkCases.overSeries();
        networkCases.overImages();
        networkCases.withParameters();
        return networkCases.all;
    }

    private void add(Class<?> subject, InputType type, Function<GraphBuilder, GraphBuilder> parts) {
        all.put(subject.getSimpleName(), graph(subject, type, parts));
    }

    private static NetworkCase graph(Class<?> subject, InputType type, Function<GraphBuilder, GraphBuilder> parts) {
        return NetworkCase.graph(
                subject,
                () -> NetworkCase.features(type),
                builder ->
                        parts.apply(builder.addInputs("in").setInputTypes(type)).setOutputs("out"));
    }

    /** dense, vertex, dense, head. */
    private void addUnary(GraphVertex vertex) {
        add(
                vertex.getClass(),
                FLAT,
                builder -> builder.addLayer("first", dense(), "in")
                        .addVertex("vertex", vertex, "first")
                        .addLayer("second", dense(), "vertex")
                        .addLayer("out", head(), "second"));
    }

    /** Two dense layers, vertex, head. */
    private void addBinary(GraphVertex vertex) {
        add(
                vertex.getClass(),
                FLAT,
                builder -> twoBranches(builder)
                        .addVertex("vertex", vertex, "left", "right")
                        .addLayer("out", head(), "vertex"));
    }

    private static GraphBuilder twoBranches(GraphBuilder builder) {
        return builder.addLayer("left", dense(), "in").addLayer("right", dense(), "in");
    }

    private void ofOneInput() {
        addUnary(new ScaleVertex(2));
        addUnary(new ShiftVertex(1));
        addUnary(new SubsetVertex(1, 2));
        addUnary(new L2NormalizeVertex());
        addUnary(new ReshapeVertex(-1, 2));
        add(
                FrozenVertex.class,
                FLAT,
                builder -> builder.addVertex("vertex", new FrozenVertex(new ScaleVertex(2)), "in")
                        .addLayer("first", dense(), "vertex")
                        .addLayer("out", head(), "first"));
        add(
                LayerVertex.class,
                FLAT,
                builder -> builder.addLayer("first", dense(), "in").addLayer("out", head(), "first"));
    }

    private void ofTwoInputs() {
        addBinary(new MergeVertex());
        addBinary(new ElementWiseVertex(ElementWiseVertex.Op.Add));
        addBinary(new L2Vertex());
    }

    private void overBatches() {
        add(
                StackVertex.class,
                FLAT,
                builder -> twoBranches(builder)
                        .addVertex("vertex", new StackVertex(), "left", "right")
                        .addLayer("out", head(), "vertex"));
        add(
                UnstackVertex.class,
                FLAT,
                builder -> builder.addLayer("first", dense(), "in")
                        .addVertex("vertex", new UnstackVertex(0, 2), "first")
                        .addLayer("out", head(), "vertex"));
    }

    private void overSeries() {
        add(
                LastTimeStepVertex.class,
                SERIES,
                builder -> builder.addLayer("first", lstm(), "in")
                        .addVertex("vertex", new LastTimeStepVertex("in"), "first")
                        .addLayer("out", head(), "vertex"));
        add(
                ReverseTimeSeriesVertex.class,
                SERIES,
                builder -> builder.addLayer("first", lstm(), "in")
                        .addVertex("vertex", new ReverseTimeSeriesVertex(), "first")
                        .addLayer("out", seriesHead(), "vertex"));
        add(
                DuplicateToTimeSeriesVertex.class,
                SERIES,
                builder -> builder.addLayer("first", lstm(), "in")
                        .addVertex("last", new LastTimeStepVertex("in"), "first")
                        .addLayer("second", dense(), "last")
                        .addVertex("vertex", new DuplicateToTimeSeriesVertex("in"), "second")
                        .addLayer("out", seriesHead(), "vertex"));
    }

    private void overImages() {
        add(
                PoolHelperVertex.class,
                IMAGE,
                builder -> builder.addLayer("first", convolution(2), "in")
                        .addVertex("vertex", new PoolHelperVertex(), "first")
                        .addLayer("pooled", new GlobalPoolingLayer(PoolingType.MAX), "vertex")
                        .addLayer("out", head(), "pooled"));
        add(
                PreprocessorVertex.class,
                IMAGE,
                builder -> builder.addLayer("first", convolution(2), "in")
                        .addVertex("vertex", new PreprocessorVertex(new CnnToFeedForwardPreProcessor(4, 4, 2)), "first")
                        .addLayer("out", head(), "vertex"));
    }

    private static AttentionVertex attention(int inputs) {
        return new AttentionVertex.Builder()
                .nInKeys(inputs)
                .nInQueries(inputs)
                .nInValues(inputs)
                .nOut(3)
                .nHeads(1)
                .headSize(3)
                .projectInput(true)
                .weightInit(WeightInit.XAVIER)
                .build();
    }

    private void withParameters() {
        add(AttentionVertex.class, SERIES, builder -> attend(builder, attention(3)));
        AttentionVertex updatedByAdam = attention(3);
        updatedByAdam.setUpdater(new Adam(0.01));
        all.put(
                "AttentionVertex with an updater of DL4J's",
                graph(AttentionVertex.class, SERIES, builder -> attend(builder, updatedByAdam)));
        all.put(
                "FrozenVertex with parameters",
                graph(
                        FrozenVertex.class,
                        SERIES,
                        builder -> builder.addVertex("vertex", new FrozenVertex(attention(5)), "in", "in", "in")
                                .addLayer("first", lstm(), "vertex")
                                .addLayer("out", seriesHead(), "first")));
    }

    private static GraphBuilder attend(GraphBuilder builder, AttentionVertex vertex) {
        return builder.addLayer("first", lstm(), "in")
                .addVertex("vertex", vertex, "first", "first", "first")
                .addLayer("out", seriesHead(), "vertex");
    }
}
