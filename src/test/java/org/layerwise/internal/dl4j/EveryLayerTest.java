package org.layerwise.internal.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.IUpdater;

/** Every layer of DL4J, wrappers and output layers included, lives in an attached network. */
class EveryLayerTest {
    private static Map<String, NetworkCase> networkCases() {
        Map<String, NetworkCase> all = new LinkedHashMap<>(LayerCases.all());
        all.putAll(ConvolutionCases.all());
        return all;
    }

    private static Stream<Arguments> lives() {
        return NetworkLife.withEach(networkCases());
    }

    private static Stream<Arguments> livesAsGraph() {
        Map<String, NetworkCase> graphs = new LinkedHashMap<>();
        networkCases().forEach((name, networkCase) -> graphs.put(name, networkCase.asGraph()));
        return NetworkLife.with("kfac", graphs);
    }

    private static Stream<Arguments> livesWithBiasUpdater() {
        Map<String, NetworkCase> changed = new LinkedHashMap<>();
        networkCases().forEach((name, networkCase) -> changed.put(name, networkCase.withBiasUpdater()));
        return NetworkLife.with("soap", changed);
    }

    @Test
    void catalogue_holdsEachLayerOfDl4j() {
        NetworkLife.requireEach(Layer.class, networkCases());
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("lives")
    void attachedNetwork_withTheLayer_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }

    /** The other network class differs in its adapter alone, of which statistics need the most. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("livesAsGraph")
    void attachedGraph_withTheLayer_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("livesWithBiasUpdater")
    void attachedNetwork_withOurBiasUpdater_lives(NetworkCase networkCase, IUpdater updater) {
        NetworkLife.check(networkCase, updater);
    }
}
