/**
 * Single-index learning: one step of the first layer, and what it finds.
 *
 * <p>Symbols, shared by every class here. Inputs {@code x ~ N(0, Sigma)} [dX], labels
 * {@code y = sigma*(beta*^T x) + noise}; the student is {@code f(x) = a^T sigma(G x)} with {@code G} [dh, dX], sigma the
 * ReLU. A batch is {@code X} [n, dX], {@code y} [n, 1]. {@code tau^2 = beta*^T Sigma beta*} is the variance of the index.
 * Losses are {@code 1/2 E(f - y)^2}. {@code rho_A^2(b) = (beta*^T A b)^2 / (b^T A b beta*^T A beta*)} is the squared
 * alignment of a direction b with the index in the metric A, the identity or Sigma.
 */
@NullMarked
package org.layerwise.examples.index;

import org.jspecify.annotations.NullMarked;
