package org.layerwise;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Structural promises of the main code, checked on its class files. */
class ArchitectureTest {
    private static final JavaClasses MAIN = importMain();

    private static JavaClasses importMain() {
        // DL4J's classes need not be read to see that ours depend on them.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.layerwise");
    }

    /** What users see; everything else is not public API. */
    private static final Set<String> API = Set.of(
            "org.layerwise",
            "org.layerwise.updater",
            "org.layerwise.dl4j",
            "org.layerwise.method",
            "org.layerwise.settings");

    private static final int MOST_API_TYPES = 45;
    private static final int LONGEST_FILE = 350;

    private static Stream<JavaClass> api() {
        return MAIN.stream()
                .filter(type -> API.contains(type.getPackageName()))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> !type.getSimpleName().equals("package-info"));
    }

    @Test
    void packages_dependencies_pointFromTheEntryToSettings() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.layerwise..")
                .layer("checks")
                .definedBy("org.layerwise.internal")
                .layer("settings")
                .definedBy("org.layerwise.settings")
                .layer("linalg")
                .definedBy("org.layerwise.internal.linalg")
                .layer("method")
                .definedBy("org.layerwise.method")
                .layer("layout")
                .definedBy("org.layerwise.internal.layout")
                .layer("curvature")
                .definedBy("org.layerwise.internal.curvature")
                .layer("precondition")
                .definedBy("org.layerwise.internal.precondition")
                .layer("step")
                .definedBy("org.layerwise.internal.step")
                .layer("updater")
                .definedBy("org.layerwise.updater")
                .layer("kinds")
                .definedBy("org.layerwise.dl4j")
                .layer("dl4j")
                .definedBy("org.layerwise.internal.dl4j")
                .layer("entry")
                .definedBy("org.layerwise")
                .whereLayer("entry")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("dl4j")
                .mayOnlyBeAccessedByLayers("entry")
                .whereLayer("kinds")
                .mayOnlyBeAccessedByLayers("dl4j", "entry")
                .whereLayer("updater")
                .mayOnlyBeAccessedByLayers("dl4j", "entry")
                .whereLayer("step")
                .mayOnlyBeAccessedByLayers("updater", "dl4j", "entry")
                .whereLayer("precondition")
                .mayOnlyBeAccessedByLayers("step", "updater", "dl4j")
                .whereLayer("curvature")
                .mayOnlyBeAccessedByLayers("precondition", "step", "dl4j")
                .whereLayer("layout")
                .mayOnlyBeAccessedByLayers("step", "updater", "dl4j")
                .whereLayer("linalg")
                .mayOnlyBeAccessedByLayers("layout", "curvature", "precondition", "step", "dl4j", "entry")
                .check(MAIN);
    }

    @Test
    void packages_cycles_areAbsent() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return type.getPackageName().startsWith("org.layerwise")
                                ? SliceIdentifier.of(type.getPackageName())
                                : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "packages, the root package included";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(MAIN);
    }

    @Test
    void dl4j_networkTypes_stayInTheTwoDl4jPackagesAndTheEntryPoint() {
        noClasses()
                .that(DescribedPredicate.not(resideInAnyPackage("org.layerwise.dl4j", "org.layerwise.internal.dl4j")))
                .and()
                .doNotHaveFullyQualifiedName("org.layerwise.Layerwise")
                .and()
                .doNotHaveFullyQualifiedName("org.layerwise.Attachment")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.deeplearning4j..")
                .check(MAIN);
    }

    @Test
    void api_topLevelTypes_areFew() {
        List<String> types = api().filter(type -> type.getEnclosingClass().isEmpty())
                .map(JavaClass::getSimpleName)
                .sorted()
                .toList();

        assertThat(types).hasSizeBetween(20, MOST_API_TYPES);
    }

    /** A superclass may be internal: what it declares is not public API. */
    @Test
    void api_signatures_nameNoInternalType() {
        Set<String> leaks = new TreeSet<>();
        api().forEach(type -> type.getCodeUnits().stream()
                .filter(unit -> unit.getModifiers().contains(JavaModifier.PUBLIC)
                        || unit.getModifiers().contains(JavaModifier.PROTECTED))
                .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !unit.getModifiers().contains(JavaModifier.BRIDGE))
                .forEach(unit -> Stream.concat(Stream.of(unit.getRawReturnType()), unit.getRawParameterTypes().stream())
                        .filter(named -> named.getPackageName().startsWith("org.layerwise.internal"))
                        .forEach(named -> leaks.add(unit.getFullName() + " names " + named.getSimpleName()))));

        assertThat(leaks).isEmpty();
    }

    @Test
    void types_simpleNames_areUnique() {
        Map<String, Long> counts = MAIN.stream()
                .filter(type -> type.getEnclosingClass().isEmpty()
                        && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getSimpleName, Collectors.counting()));

        assertThat(counts)
                .allSatisfy((name, count) -> assertThat(count).as(name).isEqualTo(1));
    }

    @Test
    void files_lines_areFew() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("main", "java"))) {
            List<Path> sources =
                    files.filter(path -> path.toString().endsWith(".java")).toList();
            assertThat(sources).hasSizeGreaterThan(50);
            for (Path source : sources) {
                assertThat(Files.readAllLines(source)).as(source.toString()).hasSizeLessThanOrEqualTo(LONGEST_FILE);
            }
        }
    }

    @Test
    void console_output_isLeftToTheLogger() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(MAIN);
    }

    @Test
    void randomness_legacyGenerator_isNotUsed() {
        noClasses().should().dependOnClassesThat().areAssignableTo(Random.class).check(MAIN);
    }

    @Test
    void packages_nullness_isDeclaredInEach() {
        TreeSet<String> packages = new TreeSet<>();
        TreeSet<String> marked = new TreeSet<>();
        for (JavaClass type : MAIN) {
            packages.add(type.getPackageName());
            if (type.getPackage().isAnnotatedWith(NullMarked.class)) {
                marked.add(type.getPackageName());
            }
        }

        assertThat(packages).hasSizeGreaterThan(5);
        assertThat(marked).isEqualTo(packages);
    }
}
