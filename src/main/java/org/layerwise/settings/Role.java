package org.layerwise.settings;

/** What a matrix of parameters does in its layer; methods and scales may depend on it. */
public enum Role {
    /** Weights that act on the network's input. */
    INPUT,
    /** Weights between hidden layers. */
    HIDDEN,
    /** Weights of an output layer. */
    OUTPUT,
    /** Kernels of a convolution; the fan-in counts every input channel at every kernel position. */
    CONVOLUTION,
    /** One row a word: only the rows of the batch's words have a gradient. */
    EMBEDDING,
    /** Weights from a recurrent layer's previous output to one of its gates. */
    RECURRENT,
    /** Biases, gains, peepholes: elements that no matrix product uses. */
    VECTOR
}
