package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerKind.Parameter;
import org.layerwise.dl4j.LossKind;
import org.layerwise.dl4j.LossKind.Head;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** The kinds of layers and losses on the class path: users' before ours. */
final class LayerKinds {
    private static final String OURS = "org.layerwise.internal.";

    private LayerKinds() {}

    /** The kind of a layer, looked up inside wrappers; null if there is none. */
    static @Nullable LayerKind of(Layer configuration) {
        return all(LayerKind.class).stream()
                .filter(kind -> kind.serves(configuration))
                .findFirst()
                .orElse(null);
    }

    /** A loss as a distribution; without a model if nobody knows it. */
    static Head head(ILossFunction loss, IActivation activation, long nOut) {
        for (LossKind kind : all(LossKind.class)) {
            Head head = kind.head(loss, activation, nOut);
            if (head != null) {
                return head;
            }
        }
        return new Head(null, 1, null);
    }

    private static <T> List<T> all(Class<T> service) {
        List<T> theirs = new ArrayList<>();
        List<T> ours = new ArrayList<>();
        // Our own class loader: a thread of a container may have none that sees us.
        for (T kind : ServiceLoader.load(service, service.getClassLoader())) {
            (kind.getClass().getName().startsWith(OURS) ? ours : theirs).add(kind);
        }
        theirs.addAll(ours);
        return theirs;
    }

    /** The layer inside all wrappers; of a bidirectional one the forward layer. */
    static Layer unwrapped(Layer layer) {
        if (layer instanceof BaseWrapperLayer wrapper) {
            return unwrapped(wrapper.getUnderlying());
        }
        return layer instanceof Bidirectional bidirectional ? unwrapped(bidirectional.getFwd()) : layer;
    }

    /** Elements that no matrix product uses. */
    static Matrix vector(Parameter parameter) {
        String kind = parameter.shape().size() > 2 ? "depthwise " : "";
        return Matrix.contiguous(
                kind + parameter.name(), parameter.offset(), 1, (int) parameter.length(), Role.VECTOR, 1);
    }
}
