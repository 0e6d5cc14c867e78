package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Attachment;
import org.layerwise.settings.Damping;
import org.layerwise.settings.FisherEstimator;
import org.layerwise.settings.Period;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.Muon;
import org.layerwise.updater.NorMuon;
import org.layerwise.updater.PsgdKron;
import org.layerwise.updater.Scion;
import org.layerwise.updater.Shampoo;
import org.layerwise.updater.Soap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A hundred steps of every updater on every {@link PinnedNetworks network} end where they always did. A change of structure must
 * not move them at all.
 *
 * <p>The numbers, norm and random projections of the parameters, stand in {@value #RESOURCE}. To write them anew, from the
 * repository's root:
 *
 * <pre>mvn -pl src test -Dtest=PinnedTrajectoryTest -Dlayerwise.pins=write</pre>
 *
 * <p>That is legitimate in two cases only: a change of behaviour is intended, and {@code CHANGELOG.md} names it; then no line may
 * change but those of the updaters or networks that it names. Or a network or an updater joins the table; then no old line may
 * change at all.
 */
class PinnedTrajectoryTest {
    private static final String RESOURCE = "pinned-trajectories.txt";
    private static final String PROPERTY = "layerwise.pins";
    private static final String WRITE = "write";
    private static final String PLATFORM = "# made on ";

    private static final List<Integer> STEPS = List.of(1, 2, 3, 5, 10, 20, 50, 100);
    private static final int PROJECTIONS = 3;

    /** Relative to the norm of the parameters, where the numbers were made. */
    private static final double TOLERANCE = 1e-12;

    /** Words before the values in a line. */
    private static final int KEY_WORDS = 3;

    /** What short refresh periods make of {@code Period.every(100)}: several refreshes in a hundred steps. */
    private static final Period SHORT = Period.every(9);

    /** Cuts the small matrices into several blocks, with ragged edges. */
    private static final int BLOCK = 4;

    /** Updaters by the bound of their KL clip, if they have one. */
    private static final Map<String, DoubleFunction<IUpdater>> UPDATERS = updaters();

    private static Map<String, DoubleFunction<IUpdater>> updaters() {
        Map<String, DoubleFunction<IUpdater>> table = new LinkedHashMap<>();
        table.put("kfac", clip -> kfac(clip).build());
        table.put(
                "kfac-empirical",
                clip -> kfac(clip).fisher(FisherEstimator.empirical()).build());
        table.put(
                "kfac-exact-fisher",
                clip -> kfac(clip).fisher(FisherEstimator.exact()).build());
        table.put(
                "kfac-eigenvalue-corrected",
                clip -> kfac(clip).eigenvalueCorrected(true).build());
        table.put(
                "kfac-exact-damping",
                clip -> kfac(clip).damping(Damping.exact(0.1)).build());
        table.put("kfac-nesterov", clip -> kfac(clip).nesterov(true).build());
        table.put("kfac-no-momentum", clip -> kfac(clip).momentum(0).build());
        table.put("foof", clip -> foof(clip).build());
        table.put(
                "foof-relative-damping",
                clip -> foof(clip).dampingRelativeToTrace(0.1).build());
        table.put("soap", clip -> new Soap());
        table.put(
                "soap-eshampoo",
                clip -> Soap.eigenvalueCorrectedShampoo().refresh(SHORT).build());
        table.put(
                "soap-eshampoo-qr",
                clip -> Soap.eigenvalueCorrectedShampoo()
                        .variant(Soap.Variant.ESHAMPOO_QR)
                        .blockSize(BLOCK)
                        .refresh(SHORT)
                        .build());
        table.put("shampoo", clip -> Shampoo.builder().blockSize(BLOCK).build());
        table.put("muon", clip -> new Muon());
        table.put("muon-moonlight", clip -> Muon.moonlight().build());
        table.put("normuon", clip -> new NorMuon());
        table.put("scion", clip -> new Scion(1e-3));
        table.put("psgd-kron", clip -> PsgdKron.builder().blockSize(BLOCK).build());
        return table;
    }

    /** The fallback is named, so that its default may change. */
    private static Kfac.Builder kfac(double clip) {
        return Kfac.builder().klClip(clip).fallback(new Adam(1e-3));
    }

    /** The clip is named too. Its steps are shorter than those of K-FAC, and so is the bound at which it binds. */
    private static Foof.Builder foof(double clip) {
        return Foof.builder().klClip(clip / 10).fallback(new Adam(1e-3));
    }

    /** Norm and projections of the parameters after a step. */
    private record Mark(int step, double[] values) {
        static Mark of(int step, double[] parameters) {
            Random random = new Random(1618);
            double[] sums = new double[1 + PROJECTIONS];
            for (double p : parameters) {
                sums[0] += p * p;
                for (int k = 1; k <= PROJECTIONS; k++) {
                    sums[k] += random.nextBoolean() ? p : -p;
                }
            }
            sums[0] = Math.sqrt(sums[0]);
            return new Mark(step, sums);
        }

        String line(String updater, PinnedNetworks network) {
            return key(updater, network, step)
                    + " "
                    + DoubleStream.of(values).mapToObj(Double::toHexString).collect(Collectors.joining(" "));
        }
    }

    private static double toleranceElsewhere(DataType type) {
        return type == DataType.DOUBLE ? 1e-9 : 1e-3;
    }

    private static int lastStepElsewhere(DataType type) {
        return type == DataType.DOUBLE ? 20 : 5;
    }

    private static String key(String updater, PinnedNetworks network, int step) {
        return updater + " " + network + " " + step;
    }

    /** The marks of a hundred steps, batches in turn. */
    private static List<Mark> run(String updater, PinnedNetworks network) {
        DoubleFunction<IUpdater> factory = Objects.requireNonNull(UPDATERS.get(updater));
        Model model = network.build(factory.apply(network.klClip()));
        List<MultiDataSet> batches = network.batches();
        List<Mark> marks = new ArrayList<>();
        try (Attachment attachment = TestNets.attach(model)) {
            assertThat(attachment.isOpen()).isTrue();
            for (int step = 1; step <= STEPS.get(STEPS.size() - 1); step++) {
                PinnedNetworks.fit(model, batches.get((step - 1) % batches.size()));
                if (STEPS.contains(step)) {
                    marks.add(Mark.of(step, model.params().toDoubleVector()));
                }
            }
        }
        return marks;
    }

    /** What the rounding of a step depends on. */
    private static String platform() {
        try {
            return String.join(
                    ", ",
                    openblas_full.openblas_get_corename().getString(),
                    "OpenBLAS " + Loader.getVersion("org.bytedeco", "openblas"),
                    Loader.getPlatform());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> resource() {
        try (InputStream in = PinnedTrajectoryTest.class.getResourceAsStream(RESOURCE)) {
            assertThat(in).as(RESOURCE).isNotNull();
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean samePlatform() {
        return resource().contains(PLATFORM + platform());
    }

    /** Pinned values by {@link #key}. */
    private static Map<String, double[]> pins() {
        Map<String, double[]> pins = new LinkedHashMap<>();
        for (String line : resource()) {
            if (!line.startsWith("#")) {
                List<String> words = List.of(line.split(" ", -1));
                double[] values = words.stream()
                        .skip(KEY_WORDS)
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                double[] earlier = pins.put(String.join(" ", words.subList(0, KEY_WORDS)), values);
                assertThat(earlier).as("second line for %s", line).isNull();
            }
        }
        return pins;
    }

    static Stream<Arguments> pairs() {
        return Stream.of(PinnedNetworks.values())
                .flatMap(network -> UPDATERS.keySet().stream().map(updater -> Arguments.of(updater, network)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("pairs")
    @DisabledIfSystemProperty(named = PROPERTY, matches = WRITE)
    void trajectory_updaterOnNetwork_isPinned(String updater, PinnedNetworks network) {
        Map<String, double[]> pins = pins();
        boolean same = samePlatform();
        int last = same ? Integer.MAX_VALUE : lastStepElsewhere(network.type);
        double tolerance = same ? TOLERANCE : toleranceElsewhere(network.type);

        for (Mark mark : run(updater, network)) {
            String key = key(updater, network, mark.step);
            assertThat(pins).containsKey(key);
            double[] expected = Objects.requireNonNull(pins.get(key));
            assertThat(expected).as(key).hasSize(mark.values.length);
            for (int i = 0; i < mark.values.length && mark.step <= last; i++) {
                double deviation = Math.abs(mark.values[i] - expected[i]) / expected[0];
                assertThat(deviation)
                        .as(
                                "%s, %s: |%s - %s| / norm",
                                key, i == 0 ? "norm" : "projection " + i, mark.values[i], expected[i])
                        .isLessThanOrEqualTo(tolerance);
            }
        }
    }

    @Test
    @DisabledIfSystemProperty(named = PROPERTY, matches = WRITE)
    void resource_lines_areThoseOfTheTable() {
        List<String> keys = pairs().flatMap(pair ->
                        STEPS.stream().map(step -> key((String) pair.get()[0], (PinnedNetworks) pair.get()[1], step)))
                .toList();
        assertThat(pins().keySet()).containsExactlyElementsOf(keys);
    }

    @Test
    @EnabledIfSystemProperty(named = PROPERTY, matches = WRITE)
    void resource_onRequest_isWrittenAnew() throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "# Written by PinnedTrajectoryTest, which says when and how: updater, network, step, norm, projections.",
                PLATFORM + platform()));
        pairs().map(Arguments::get).forEach(pair -> {
            String updater = (String) pair[0];
            PinnedNetworks network = (PinnedNetworks) pair[1];
            for (Mark mark : run(updater, network)) {
                String line = mark.line(updater, network);
                assertThat(mark.values).as(line).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY);
                lines.add(line);
            }
        });
        Path folder = Path.of(System.getProperty("basedir", "."), "test/resources/org/layerwise/internal/dl4j");
        Files.createDirectories(folder);
        Files.write(folder.resolve(RESOURCE), lines, StandardCharsets.US_ASCII);
    }
}
