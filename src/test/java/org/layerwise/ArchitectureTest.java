package org.layerwise;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
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
import com.tngtech.archunit.lang.ArchCondition;
import java.util.Random;
import java.util.TreeSet;
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

    private static final DescribedPredicate<JavaClass> CLOSED = describe(
            "final, a record, an enum, sealed or an interface",
            type -> type.isInterface()
                    || type.getModifiers().contains(JavaModifier.FINAL)
                    || type.isEnum() // constants with bodies make an enum's class non-final
                    || type.reflect().isSealed());

    @Test
    void packages_dependencies_pointFromDl4jToLinalg() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.layerwise..")
                .layer("linalg")
                .definedBy("..layerwise.linalg")
                .layer("layout")
                .definedBy("..layerwise.layout")
                .layer("curvature")
                .definedBy("..layerwise.curvature")
                .layer("precondition")
                .definedBy("..layerwise.precondition")
                .layer("updater")
                .definedBy("..layerwise.updater")
                .layer("dl4j")
                .definedBy("..layerwise.dl4j")
                .whereLayer("dl4j")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("updater")
                .mayOnlyBeAccessedByLayers("dl4j")
                .whereLayer("precondition")
                .mayOnlyBeAccessedByLayers("updater", "dl4j")
                .whereLayer("curvature")
                .mayOnlyBeAccessedByLayers("precondition", "updater", "dl4j")
                .whereLayer("layout")
                .mayOnlyBeAccessedByLayers("updater", "dl4j")
                .whereLayer("linalg")
                .mayOnlyBeAccessedByLayers("layout", "curvature", "precondition", "updater", "dl4j")
                .check(MAIN);
    }

    @Test
    void packages_cycles_areAbsent() {
        slices().matching("org.layerwise.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void dl4j_networkTypes_stayInOnePackage() {
        noClasses()
                .that(DescribedPredicate.not(resideInAPackage("org.layerwise.dl4j..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.deeplearning4j..")
                .check(MAIN);
    }

    @Test
    void publicClasses_inheritance_isClosed() {
        classes().that().arePublic().should(ArchCondition.from(CLOSED)).check(MAIN);
    }

    @Test
    void gradientUpdaters_implementations_areHidden() {
        classes()
                .that()
                .haveSimpleNameEndingWith("GradientUpdater")
                .should()
                .notBePublic()
                .check(MAIN);
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
