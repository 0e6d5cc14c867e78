package org.layerwise.internal.dl4j;

/** A function of a layer configuration with a recorder in front of it. */
sealed interface Tap permits ActivationTap, LossTap {
    /** The function that does the work. */
    Object delegate();

    /** The function behind any number of taps. */
    static Object untapped(Object function) {
        return function instanceof Tap tap ? untapped(tap.delegate()) : function;
    }
}
