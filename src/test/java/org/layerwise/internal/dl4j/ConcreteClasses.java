package org.layerwise.internal.dl4j;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** What a user of DL4J can name in a configuration: public classes with an implementation, read off the jars. */
final class ConcreteClasses {
    /** A class out of either jar. */
    private static final List<Class<?>> ANCHORS = List.of(Layer.class, ILossFunction.class);

    private static final String CLASS_FILE = ".class";

    private static final List<Class<?>> ALL = ANCHORS.stream()
            .flatMap(anchor -> names(anchor).stream())
            .<Class<?>>map(ConcreteClasses::load)
            .filter(type -> Modifier.isPublic(type.getModifiers()) && !Modifier.isAbstract(type.getModifiers()))
            .toList();

    private ConcreteClasses() {}

    /** Names of the public classes of DL4J and ND4J's API that extend or implement a type and can be instantiated. */
    static Set<String> of(Class<?> root) {
        return ALL.stream()
                .filter(root::isAssignableFrom)
                .map(Class::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> names(Class<?> anchor) {
        try (JarFile jar = new JarFile(new File(
                anchor.getProtectionDomain().getCodeSource().getLocation().toURI()))) {
            return jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(CLASS_FILE))
                    .map(name -> name.substring(0, name.length() - CLASS_FILE.length())
                            .replace('/', '.'))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Void for classes of optional features whose dependencies are absent: no configuration can name them. */
    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, Layer.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return void.class;
        }
    }
}
