/**
 * Is it worth it? Loss against steps and against seconds of this library's updaters and DL4J's own on deep autoencoders
 * and a classifier, each at its own tuned learning rate, with the same grid and budget. {@code Tuning} finds the rates
 * and hands them to {@code Benchmark}.
 */
@NullMarked
package org.layerwise.examples.benchmark;

import org.jspecify.annotations.NullMarked;
