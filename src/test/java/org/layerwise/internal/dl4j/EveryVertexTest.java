package org.layerwise.internal.dl4j;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;

/** Every vertex of DL4J lives in an attached graph. */
class EveryVertexTest {
    private static Stream<Arguments> lives() {
        return NetworkLife.withEach(VertexCases.all());
    }

    @Test
    void catalogue_holdsEachVertexOfDl4j() {
        NetworkLife.requireEach(GraphVertex.class, VertexCases.all());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("lives")
    void attachedGraph_withTheVertex_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }
}
