package com.example;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;

/** A user's layer, and what it is to preconditioning. */
public final class OwnDense extends DenseLayer {
    /** For JSON. */
    public OwnDense() {}

    /** With a shape. */
    public OwnDense(int nIn, int nOut) {
        setNIn(nIn);
        setNOut(nOut);
        setHasBias(true);
    }

    /** Named in META-INF/services. */
    public static final class Kind implements LayerKind {
        /** For the service loader. */
        public Kind() {}

        @Override
        public boolean serves(Layer configuration) {
            return configuration instanceof OwnDense;
        }

        @Override
        public List<Matrix> matrices(LayerSlot slot, Layer configuration, Parameter parameter) {
            boolean weights = parameter.key().equals("W");
            return List.of(Matrix.contiguous(
                    parameter.name(),
                    parameter.offset(),
                    weights ? parameter.size(0) : 1,
                    (int) (weights ? parameter.size(1) : parameter.length()),
                    weights ? Role.HIDDEN : Role.VECTOR,
                    1));
        }

        @Override
        public @Nullable String sampleObstacle(LayerSlot slot, Layer configuration) {
            return null;
        }
    }
}
