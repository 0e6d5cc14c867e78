package org.layerwise;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.layerwise.internal.dl4j.GraphAdapter;
import org.layerwise.internal.dl4j.MultiLayerAdapter;

/**
 * Entry point: gives the layer-wise updaters of a network their shapes and statistics.
 *
 * <pre>{@code
 * MultiLayerNetwork net = new MultiLayerNetwork(conf); // conf with .updater(new Kfac(0.05))
 * net.init();
 * Layerwise.attach(net);
 * net.fit(data);
 * }</pre>
 *
 * <p>Attaching gives the network private copies of its configuration objects, one updater block for each preconditioned
 * layer, and a training listener. Attach again after loading, cloning or transferring a network, and after
 * {@code net.setListeners}; updater state that still fits is kept.
 */
public final class Layerwise {
    private Layerwise() {}

    /**
     * Attaches a network. An earlier attachment of the same network is closed first.
     *
     * @param network initialised network of FLOAT or DOUBLE parameters
     * @return the attachment, for its plan and for detaching; may be ignored
     * @throws IllegalArgumentException if the network is not initialised, has no layer-wise updater, has half-precision
     *     parameters, or mixes Fisher estimators
     */
    public static Attachment attach(MultiLayerNetwork network) {
        return Attachment.open(new MultiLayerAdapter(network));
    }

    /**
     * Attaches a graph. An earlier attachment of the same graph is closed first.
     *
     * @param graph initialised graph of FLOAT or DOUBLE parameters
     * @return the attachment, for its plan and for detaching; may be ignored
     * @throws IllegalArgumentException if the graph is not initialised, has no layer-wise updater, has half-precision
     *     parameters, or mixes Fisher estimators
     */
    public static Attachment attach(ComputationGraph graph) {
        return Attachment.open(new GraphAdapter(graph));
    }
}
