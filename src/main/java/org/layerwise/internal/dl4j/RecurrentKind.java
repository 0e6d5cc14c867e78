package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;

/** Recurrent layers: the weights of an LSTM's four gates lie side by side, peepholes behind them. */
public final class RecurrentKind implements LayerKind {
    private static final int GATES = 4;

    /** Creates the kind, for the service loader. */
    public RecurrentKind() {}

    @Override
    public boolean serves(Layer configuration) {
        return configuration.getClass() == SimpleRnn.class || configuration instanceof AbstractLSTM;
    }

    @Override
    public List<Matrix> matrices(LayerSlot slot, Layer configuration, Parameter parameter) {
        boolean recurrent = parameter.key().equals(LSTMParamInitializer.RECURRENT_WEIGHT_KEY);
        if (!recurrent && !parameter.key().equals(LSTMParamInitializer.INPUT_WEIGHT_KEY)) {
            return List.of(LayerKinds.vector(parameter));
        }
        Role role = recurrent ? Role.RECURRENT : slot.input() ? Role.INPUT : Role.HIDDEN;
        if (configuration instanceof AbstractLSTM) {
            return gates((int) ((FeedForwardLayer) configuration).getNOut(), role, parameter);
        }
        return List.of(
                Matrix.contiguous(parameter.name(), parameter.offset(), parameter.size(0), parameter.size(1), role, 1));
    }

    private static List<Matrix> gates(int units, Role role, Parameter parameter) {
        List<Matrix> gates = new ArrayList<>();
        int rows = parameter.size(0);
        long at = parameter.offset();
        for (int gate = 1; gate <= GATES; gate++) {
            gates.add(Matrix.contiguous(parameter.name() + " gate " + gate, at, rows, units, role, 1));
            at += (long) rows * units;
        }
        int peepholes = parameter.size(1) - GATES * units;
        if (peepholes > 0) {
            String name = parameter.name() + " peepholes";
            gates.add(Matrix.contiguous(name, at, 1, rows * peepholes, Role.VECTOR, 1));
        }
        return gates;
    }
}
