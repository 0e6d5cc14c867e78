package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.layerwise.updater.EverySettingTest.assertTrains;
import static org.layerwise.updater.EverySettingTest.letters;
import static org.layerwise.updater.EverySettingTest.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * Every field of an updater in a network's JSON, spoilt in every way that an editor or another build may spoil it. DL4J's mapper
 * ignores what it does not know and fills with zeros what it misses; ours must not come out of that half filled.
 */
class EveryJsonFieldTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Neither is a default, so that a default in its place is seen. */
    private static final double RATE = .037;

    private static final IUpdater FALLBACK = new Adam(.0023);

    private static Stream<IUpdater> updaters() {
        return Updaters.all().stream()
                .map(entry ->
                        entry.builder().learningRate(RATE).fallback(FALLBACK).build());
    }

    /** Where a field lies: names and, in lists, indices from the updater down. */
    private record Path(List<String> names) {
        static Path top() {
            return new Path(List.of());
        }

        Path down(String name) {
            List<String> longer = new ArrayList<>(names);
            longer.add(name);
            return new Path(List.copyOf(longer));
        }

        String last() {
            return names.get(names.size() - 1);
        }

        /** Whether it is an entry of a map by the constants of an enum, of which there may be fewer. */
        boolean isEntry() {
            return last().matches("[A-Z_]+");
        }

        JsonNode parent(JsonNode updater) {
            JsonNode node = updater;
            for (String name : names.subList(0, names.size() - 1)) {
                node = Objects.requireNonNull(
                        node instanceof ArrayNode ? node.get(Integer.parseInt(name)) : node.get(name));
            }
            return node;
        }

        @Override
        public String toString() {
            return String.join(".", names);
        }
    }

    private static JsonNode tree(IUpdater updater) throws IOException {
        return JSON.readTree(network(updater).toJson());
    }

    /** The updater of the first layer. */
    private static JsonNode updater(JsonNode network) {
        return Objects.requireNonNull(network.findValue("iupdater"));
    }

    /** All fields; of a list's elements and of a map's entries, which are alike, the first. */
    private static void collect(JsonNode node, Path path, BiConsumer<Path, JsonNode> visitor) {
        if (node instanceof ObjectNode) {
            for (Iterator<Map.Entry<String, JsonNode>> fields = node.fields(); fields.hasNext(); ) {
                Map.Entry<String, JsonNode> field = fields.next();
                Path below = path.down(field.getKey());
                visitor.accept(below, field.getValue());
                collect(field.getValue(), below, visitor);
                if (below.isEntry()) {
                    return;
                }
            }
        } else if (node instanceof ArrayNode && !node.isEmpty()) {
            collect(Objects.requireNonNull(node.get(0)), path.down("0"), visitor);
        }
    }

    private static Stream<Arguments> fields() {
        List<Arguments> fields = new ArrayList<>();
        updaters().forEach(updater -> {
            try {
                collect(
                        updater(tree(updater)),
                        Path.top(),
                        (path, value) -> fields.add(Arguments.of(
                                updater.getClass().getSimpleName() + "." + path, updater, path, value.isNumber())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return fields.stream();
    }

    /** What comes of the text in the end: an updater, or the sentence that refuses it. */
    private record Reading(@Nullable IUpdater updater, String messages) {
        static Reading of(JsonNode text) {
            try {
                MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(JSON.writeValueAsString(text));
                IUpdater updater =
                        ((BaseLayer) read.getConf(0).getLayer()).getIUpdater().clone();
                assertTrains(read);
                return new Reading(updater, "");
            } catch (Exception e) {
                StringBuilder messages = new StringBuilder();
                for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                    messages.append(cause.getMessage()).append('\n');
                }
                return new Reading(null, messages.toString());
            }
        }

        /** By the field's own name or that of what it belongs to; the wrappers around everything name nothing. */
        boolean names(Path path) {
            String text = letters(messages.replaceAll("\\[Source.*?; line: \\d+, column: \\d+]", ""));
            return path.names.stream()
                    .filter(name -> (path.names.size() == 1 || !name.equals("settings")) && !name.matches("\\d+"))
                    .anyMatch(name -> text.contains(letters(name)));
        }
    }

    private static Reading reading(IUpdater updater, Path path, BiConsumer<ObjectNode, String> change)
            throws IOException {
        JsonNode network = tree(updater);
        change.accept((ObjectNode) path.parent(updater(network)), path.last());
        return Reading.of(network);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void number_spoilt_isMeaningfulOrRefusedByName(String name, IUpdater updater, Path path, boolean number)
            throws IOException {
        if (!number) {
            return;
        }
        SoftAssertions softly = new SoftAssertions();
        List<BiConsumer<ObjectNode, String>> changes = List.of(
                (parent, field) -> parent.put(field, "NaN"),
                (parent, field) -> parent.put(field, -1),
                (parent, field) -> parent.put(field, 0));
        for (BiConsumer<ObjectNode, String> change : changes) {
            Reading reading = reading(updater, path, change);
            softly.assertThat(reading.updater != null || reading.names(path))
                    .as("%s is named in: %s", path, reading.messages)
                    .isTrue();
        }
        softly.assertAll();
    }

    /**
     * Removed, null, and under the name that another build gave it. Only DL4J's own updaters may fill what is missing with
     * something else than what was written.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("fields")
    void field_missing_isRefusedByNameAndNeverHalfFilled(String name, IUpdater updater, Path path, boolean number)
            throws IOException {
        SoftAssertions softly = new SoftAssertions();
        List<BiConsumer<ObjectNode, String>> changes = List.of(
                ObjectNode::remove,
                ObjectNode::putNull,
                (parent, field) -> parent.set(field + "OfAnotherBuild", parent.remove(field)));
        JsonNode parent = path.parent(updater(tree(updater)));
        boolean theirs = parent.path("@class").asText().startsWith("org.nd4j");
        for (BiConsumer<ObjectNode, String> change : changes) {
            Reading reading = reading(updater, path, change);
            boolean kept = updater.equals(reading.updater) || ((theirs || path.isEntry()) && reading.updater != null);
            softly.assertThat(kept || (reading.updater == null && reading.names(path)))
                    .as("%s read as %s, refused as: %s", path, reading.updater, reading.messages)
                    .isTrue();
        }
        softly.assertAll();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("updaters")
    void json_untouched_isTheSameUpdater(IUpdater updater) throws IOException {
        assertThat(Reading.of(tree(updater)).updater).isEqualTo(updater);
    }

    private static Stream<Arguments> earlierBuilds() {
        String fallback = """
                {"@class": "org.nd4j.linalg.learning.config.Adam", "learningRate": 0.0023,
                  "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}""";
        return Stream.of(
                Arguments.of(
                        "Kfac",
                        Kfac.builder()
                                .learningRate(RATE)
                                .fallback(FALLBACK)
                                .momentum(.8)
                                .klClip(.03)
                                .build(),
                        """
                        {"@class": "org.layerwise.updater.Kfac", "learningRate": 0.037, "settings": {
                          "sides": "BOTH", "fisher": {"type": "monteCarlo", "samples": 1, "seed": 42},
                          "damping": {"type": "factored", "lambda": 0.1}, "movingAverage": 0.95,
                          "statistics": {"type": "growing", "steps": 10}, "refresh": {"type": "growing", "steps": 50},
                          "momentum": 0.8, "nesterov": false, "klClip": 0.03, "eigenvalueCorrected": false,
                          "strict": false, "fallback": %s}}
                        """.formatted(fallback)),
                Arguments.of(
                        "Soap",
                        Soap.builder()
                                .learningRate(RATE)
                                .fallback(FALLBACK)
                                .beta1(.8)
                                .build(),
                        """
                        {"@class": "org.layerwise.updater.Soap", "learningRate": 0.037, "settings": {
                          "variant": "SOAP", "beta1": 0.8, "beta2": 0.95, "factorDecay": 0.95, "epsilon": 1e-8,
                          "blockSize": 64, "maxDimension": 10000, "statistics": {"type": "growing", "steps": 10},
                          "refresh": {"type": "geometric", "first": 8, "limit": 512}, "spreadRefreshes": true,
                          "strict": false, "fallback": {"updater": %s, "follows": false}}}
                        """.formatted(fallback)));
    }

    /** What 0.1.0-SNAPSHOT wrote before one updater base served all methods: read in full or refused, never in part. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("earlierBuilds")
    void json_ofAnEarlierBuild_isReadInFullOrRefused(String name, IUpdater updater, String written) throws IOException {
        JsonNode network = tree(updater);
        for (JsonNode layer : network.findParents("iupdater")) {
            ((ObjectNode) layer).set("iupdater", JSON.readTree(written));
        }
        Reading reading = Reading.of(network);
        if (reading.updater == null) {
            assertThat(reading.messages).contains(name);
        } else {
            assertThat(reading.updater).isEqualTo(updater);
        }
    }
}
