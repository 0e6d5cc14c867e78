package org.layerwise.dl4j;

import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.jspecify.annotations.Nullable;

/**
 * A layer, or a vertex with parameters, at its place in a network.
 *
 * @param name unique in the network
 * @param running as the network runs it
 * @param configuration the network's own, inside wrappers such as LastTimeStep; null for a vertex
 * @param input whether it reads the network's input
 * @param output whether the network's loss is computed here
 * @param shared whether a preprocessor stacks time steps or positions to rows, which share the weights
 * @param preProcessor of its input, if any
 */
public record LayerSlot(
        String name,
        Trainable running,
        @Nullable Layer configuration,
        boolean input,
        boolean output,
        boolean shared,
        @Nullable InputPreProcessor preProcessor) {}
