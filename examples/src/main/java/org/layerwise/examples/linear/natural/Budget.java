package org.layerwise.examples.linear.natural;

/**
 * A learning rate and how long it runs.
 *
 * @param learningRate eta, positive
 * @param iterations steps of every method
 */
record Budget(double learningRate, int iterations) {}
