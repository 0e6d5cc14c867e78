package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UpdatersTest {
    /** A class that is missing here would be missing in tests, examples and benchmarks. */
    @Test
    void all_holdsEachClassOnce() {
        Set<String> classes = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("org.layerwise.updater")
                        .stream()
                        .filter(type -> type.isAssignableTo(LayerwiseUpdater.class))
                        .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                        .map(type -> type.getName())
                        .collect(Collectors.toSet());

        assertThat(Updaters.all())
                .extracting(entry -> entry.updater().getClass().getName())
                .containsExactlyInAnyOrderElementsOf(classes);
        assertThat(Updaters.all()).extracting(Updaters.Entry::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("org.layerwise.updater.Updaters#all")
    void entry_isFoundByNameAndBuildsDefaults(Updaters.Entry entry) throws ReflectiveOperationException {
        assertThat(Updaters.named(entry.name())).isSameAs(entry).hasToString(entry.name());
        assertThat(entry.updater())
                .isEqualTo(entry.updater().getClass().getConstructor().newInstance());
        assertThat(entry.updater(.123))
                .isEqualTo(
                        entry.updater().getClass().getConstructor(double.class).newInstance(.123));
        assertThat(entry.builder().strict(true).build().settings().failures().strict())
                .isTrue();
    }

    @Test
    void named_unknown_listsTheNames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Updaters.named("adam"))
                .withMessage("The updater \"adam\" is none of [kfac, foof, soap, shampoo, muon, normuon, scion, psgd]");
    }
}
