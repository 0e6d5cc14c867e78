package org.layerwise.testing;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.layerwise.settings.Period;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Updaters;

/** Has every class of the registry take part in a test that chooses settings for some. */
public final class EveryClass {
    private static final double RATE = .01;

    private EveryClass() {}

    /** The chosen updaters, and one of each other class that needs gradients alone, in small blocks. */
    public static List<LayerwiseUpdater<?>> andChosen(LayerwiseUpdater<?>... chosen) {
        Set<Class<?>> classes =
                List.of(chosen).stream().map(LayerwiseUpdater::getClass).collect(Collectors.toSet());
        List<LayerwiseUpdater<?>> all = new ArrayList<>(List.of(chosen));
        Updaters.all().stream()
                .filter(entry -> !entry.updater().settings().needsSamples())
                .filter(entry -> !classes.contains(entry.updater().getClass()))
                .map(entry -> frequent(entry.builder()).learningRate(RATE).build())
                .forEach(all::add);
        return all;
    }

    /** Blocks of 4 by 4, statistics and updates at every second step, refreshes at every third. */
    public static LayerwiseUpdater.Builder<?> frequent(LayerwiseUpdater.Builder<?> builder) {
        for (Method method : builder.getClass().getMethods()) {
            if (method.getParameterCount() == 1 && method.getParameterTypes()[0] == Period.class) {
                call(method, builder, Period.every(method.getName().equals("refresh") ? 3 : 2));
            } else if (method.getName().equals("blockSize")) {
                call(method, builder, 4);
            }
        }
        return builder;
    }

    private static void call(Method method, Object target, Object argument) {
        try {
            method.setAccessible(true); // declared in a base that is not public
            method.invoke(target, argument);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
