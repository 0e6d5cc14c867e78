package org.layerwise.updater;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.layerwise.Layerwise;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Every method of every builder with the values that nobody means, null and zero among them: either they are meaningful, and a
 * network trains with them, or they are refused when the updater is built, by name.
 */
class EverySettingTest {
    private static final List<? extends Class<?>> UPDATERS =
            Updaters.all().stream().map(entry -> entry.updater().getClass()).toList();

    /** What a message may call a setting instead of its method's name: the parameter's. */
    private static final Map<String, String> PARAMETERS = Map.of("dampingRelativeToTrace", "ratio");

    /** One call of a builder's method. */
    private record Setting(
            Class<?> updater, Method method, @Nullable Object value) {
        IUpdater build() throws Throwable {
            Object builder = start(updater.getMethod("builder"));
            call(method, builder, value);
            return (IUpdater) call(builder.getClass().getMethod("build"), builder);
        }

        @Override
        public String toString() {
            String type = method.getParameterTypes()[0].getSimpleName();
            return updater.getSimpleName() + "." + method.getName() + "((" + type + ") " + value + ")";
        }
    }

    private static Object start(Method method) throws Throwable {
        return call(method, null);
    }

    private static Object call(Method method, @Nullable Object target, @Nullable Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean isBuilder(Class<?> type) {
        return type.getSimpleName().endsWith("Builder");
    }

    private static Stream<Method> methods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> !method.isSynthetic())
                .sorted(Comparator.comparing(Method::toString));
    }

    private static Stream<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (Class<?> updater : UPDATERS) {
            Class<?> builder = methods(updater)
                    .filter(method -> method.getName().equals("builder"))
                    .findFirst()
                    .orElseThrow()
                    .getReturnType();
            methods(builder)
                    .filter(method -> method.getParameterCount() == 1
                            && !Modifier.isStatic(method.getModifiers())
                            && method.getReturnType().isAssignableFrom(builder))
                    .forEach(method -> values(method.getParameterTypes()[0])
                            .forEach(value -> settings.add(new Setting(updater, method, value))));
        }
        return settings.stream();
    }

    private static List<@Nullable Object> values(Class<?> type) {
        if (type == double.class) {
            return Arrays.asList(
                    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1.0, 0.0, Double.MIN_VALUE);
        }
        if (type == int.class) {
            return Arrays.asList(Integer.MIN_VALUE, -1, 0);
        }
        if (type == long.class) {
            return Arrays.asList(Long.MIN_VALUE, -1L, 0L);
        }
        if (type == boolean.class) {
            return Arrays.asList(false, true);
        }
        List<@Nullable Object> values = new ArrayList<>();
        values.add(null);
        if (type.isEnum()) {
            values.addAll(List.of(type.getEnumConstants()));
        }
        return values;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("settings")
    void builderMethod_anyValue_isMeaningfulOrRefusedByName(Setting setting) {
        IUpdater updater;
        try {
            updater = setting.build();
        } catch (Throwable refusal) {
            assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
            String name = setting.method.getName();
            assertThat(letters(String.valueOf(refusal.getMessage())))
                    .containsAnyOf(letters(name), letters(PARAMETERS.getOrDefault(name, name)));
            return;
        }
        assertTrains(network(updater));
    }

    /** "The learning rate" names learningRate. */
    static String letters(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static Stream<Arguments> presets() {
        return UPDATERS.stream()
                .flatMap(updater -> methods(updater)
                        .filter(method -> Modifier.isStatic(method.getModifiers())
                                && method.getParameterCount() == 0
                                && isBuilder(method.getReturnType()))
                        .map(method -> Arguments.of(updater.getSimpleName() + "." + method.getName(), method)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("presets")
    void preset_asItIs_trains(String name, Method preset) throws Throwable {
        Object builder = start(preset);
        assertTrains(network((IUpdater) call(builder.getClass().getMethod("build"), builder)));
    }

    /** Methods of two parameters, both null. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("presets")
    void builderMethodOfSeveralParameters_nulls_areRefusedByName(String name, Method preset) throws Throwable {
        List<Method> several = methods(preset.getReturnType())
                .filter(method -> method.getParameterCount() > 1
                        && !Modifier.isStatic(method.getModifiers())
                        && method.getReturnType().isAssignableFrom(preset.getReturnType())
                        && Stream.of(method.getParameterTypes()).noneMatch(Class::isPrimitive))
                .toList();
        for (Method method : several) {
            for (int i = 0; i < method.getParameterCount(); i++) {
                @Nullable Object[] arguments = new Object[method.getParameterCount()];
                for (int j = 0; j < arguments.length; j++) {
                    Class<?> type = method.getParameterTypes()[j];
                    arguments[j] = j != i && type.isEnum() ? type.getEnumConstants()[0] : null;
                }
                Throwable refusal = refusal(preset, method, arguments);
                assertThat(refusal).as("%s", method).isInstanceOf(IllegalArgumentException.class);
                assertThat(letters(String.valueOf(refusal)))
                        .contains(letters(method.getName()))
                        .contains("null");
            }
        }
    }

    private static @Nullable Throwable refusal(Method preset, Method method, @Nullable Object[] arguments) {
        return catchThrowable(() -> {
            Object builder = start(preset);
            call(method, builder, arguments);
            call(builder.getClass().getMethod("build"), builder);
        });
    }

    static MultiLayerConfiguration network(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(3).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(3)
                        .nOut(2)
                        .build())
                .build();
    }

    static void assertTrains(MultiLayerConfiguration configuration) {
        MultiLayerNetwork net = new MultiLayerNetwork(configuration);
        net.init();
        Layerwise.attach(net);
        Nd4j.getRandom().setSeed(2);
        INDArray x = Nd4j.randn(8, 4);
        INDArray y = Nd4j.zeros(8, 2);
        for (int i = 0; i < 8; i++) {
            y.putScalar(i, i % 2, 1);
        }
        for (int step = 0; step < 3; step++) {
            net.fit(x, y);
        }
        assertThat(Arrays.stream(net.params().toDoubleVector()).allMatch(Double::isFinite))
                .as("parameters are finite")
                .isTrue();
    }
}
