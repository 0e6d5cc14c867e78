package org.layerwise.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.layerwise.internal.linalg.Environment;
import org.w3c.dom.Document;
import org.xml.sax.SAXException;

/** Adding the library to a DL4J project: the versions that Maven chooses there, and training in a JVM with that class path. */
class ConsumerTest {
    private static final Path CONSUMERS = Path.of("consumers");
    private static final Path README = Path.of("..", "README.md");
    private static final Path LIBRARY_POM = Path.of("..", "src", "pom.xml");
    private static final Path CLASSES = Path.of("target", "test-classes");

    private static final String OPENBLAS_OF_DL4J = "0.3.19-1.5.7";
    private static final String JAVACPP_OF_DL4J = "1.5.7";
    private static final int UPDATERS_TIMES_TYPES = 14;
    private static final double FALL = 0.8;

    private static final boolean X86 = Set.of("amd64", "x86_64").contains(System.getProperty("os.arch"));

    @TempDir
    private Path folder;

    private static List<String> classPath(String consumer) throws IOException {
        Path file = CONSUMERS.resolve(Path.of(consumer, "target", "classpath"));
        assertThat(file).as("written when Maven runs from the root").exists();
        return List.of(Files.readString(file).split(Pattern.quote(File.pathSeparator), -1));
    }

    /** Runs {@link ConsumerMain} in the consumer's project; returns what it prints and logs. */
    private List<String> run(String consumer, Map<String, String> environment, String... arguments) throws Exception {
        List<String> path = new ArrayList<>(classPath(consumer));
        path.add(CLASSES.toAbsolutePath().toString());
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx1g");
        command.add("-XX:TieredStopAtLevel=1"); // short runs: compiling well takes longer than it saves
        command.add(ConsumerMain.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("CLASSPATH", String.join(File.pathSeparator, path));
        builder.environment().putAll(environment);
        int exit = builder.start().waitFor();
        List<String> lines = Files.readAllLines(output);
        assertThat(exit).as(String.join("\n", lines)).isZero();
        return lines;
    }

    private static void assertTrained(List<String> lines, int networks) {
        List<String> trained =
                lines.stream().filter(line -> line.startsWith("trained ")).toList();
        assertThat(trained).hasSize(networks).allSatisfy(line -> {
            String[] words = line.split(" ", -1);
            double first = Double.parseDouble(words[3]);
            assertThat(first).isFinite();
            assertThat(Double.parseDouble(words[4])).isBetween(0.0, FALL * first);
        });
    }

    @Test
    void usualProject_openBlasOfDl4j_trainsWithEveryUpdater() throws Exception {
        // OpenBLAS 0.3.19 is wrong where it chooses its AVX-512 kernels by itself.
        List<String> lines = run("usual", X86 ? Map.of("OPENBLAS_CORETYPE", "Haswell") : Map.of());
        assertTrained(lines, UPDATERS_TIMES_TYPES);
        assertThat(lines)
                .contains("openblas " + OPENBLAS_OF_DL4J + " javacpp " + JAVACPP_OF_DL4J)
                .anyMatch(line -> line.startsWith("report ") && line.contains("self-test passed"))
                // The project's own logger still works: a newer slf4j-api would have silenced it.
                .anyMatch(line -> line.contains("INFO org.layerwise") && line.contains(OPENBLAS_OF_DL4J));
    }

    @Test
    void usualProject_kernelsThatComputeWrong_warnsWithTheRemedy() throws Exception {
        Path cpu = Path.of("/proc/cpuinfo");
        assumeTrue(X86 && Files.exists(cpu) && Files.readString(cpu).contains("avx512f"), "needs AVX-512");
        List<String> lines = run("usual", Map.of("OPENBLAS_CORETYPE", "SkylakeX"), ConsumerMain.ONE);
        assertThat(lines)
                .anyMatch(line -> line.contains("WARN org.layerwise")
                        && line.contains("OpenBLAS " + OPENBLAS_OF_DL4J + " computes WRONG results")
                        && line.contains("layerwise-starter-cpu")
                        && line.contains("layerwise-bom"))
                .anyMatch(line -> line.startsWith("report ") && line.contains("self-test FAILED"));
    }

    @Test
    void projectWithImportedVersions_newerOpenBlas_trainsWithEveryUpdater() throws Exception {
        List<String> lines = run("bom", Map.of());
        assertTrained(lines, UPDATERS_TIMES_TYPES);
        assertNewerOpenBlas(lines);
    }

    @Test
    void projectWithStarter_newerOpenBlas_trains() throws Exception {
        List<String> lines = run("starter", Map.of(), ConsumerMain.ONE);
        assertTrained(lines, 1);
        assertNewerOpenBlas(lines);
    }

    private static void assertNewerOpenBlas(List<String> lines) throws IOException {
        assertThat(Environment.openBlasVersion()).isNotEqualTo(OPENBLAS_OF_DL4J);
        assertThat(lines)
                .contains("openblas " + Environment.openBlasVersion() + " javacpp " + Loader.getVersion())
                .anyMatch(line -> line.startsWith("report ") && line.contains("self-test passed"))
                .anyMatch(line -> line.contains("INFO org.layerwise"));
    }

    @Test
    void usualProject_resolution_differsByTheLibraryAlone() throws IOException {
        Set<String> without = new HashSet<>(classPath("without"));
        Set<String> usual = new HashSet<>(classPath("usual"));
        assertThat(usual).containsAll(without).hasSize(without.size() + 1);
        usual.removeAll(without);
        Path library = Path.of(usual.iterator().next()).toRealPath();
        assertThat(library).startsWith(LIBRARY_POM.toRealPath().getParent()); // this build's, not an installed one
    }

    @Test
    void libraryPom_dependencies_areTheUsersOwn()
            throws IOException, SAXException, ParserConfigurationException, XPathExpressionException {
        Document pom = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(LIBRARY_POM.toFile());
        XPath path = XPathFactory.newInstance().newXPath();
        String dependencies = "count(//dependency)";
        String brought = "count(//dependency[not(scope='provided' or scope='test')])";
        assertThat((double) path.evaluate(dependencies, pom, XPathConstants.NUMBER))
                .isPositive();
        assertThat((double) path.evaluate(brought, pom, XPathConstants.NUMBER)).isZero();
    }

    @Test
    void readme_dependencies_areTheTestedOnes() throws IOException {
        List<String> shown = Pattern.compile("```xml\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(README))
                .results()
                .map(block -> dense(block.group(1)))
                .toList();
        assertThat(shown).hasSize(3);
        assertThat(pom("usual")).contains(shown.get(0));
        assertThat(pom("starter")).contains(shown.get(1));
        assertThat(pom("bom")).contains(shown.get(2));
    }

    /** A consumer's pom with its parent's properties put in. */
    private static String pom(String consumer) throws IOException {
        String pom = Files.readString(CONSUMERS.resolve(Path.of(consumer, "pom.xml")));
        String parent = Files.readString(CONSUMERS.resolve("pom.xml"));
        MatchResult version = Pattern.compile("<version>(.*?)</version>")
                .matcher(parent)
                .results()
                .findFirst()
                .orElseThrow();
        return dense(pom.replace("${layerwise.version}", version.group(1)));
    }

    private static String dense(String xml) {
        return xml.replaceAll("<!--.*?-->|\\s+", "");
    }
}
