/**
 * Linear representation learning: the model, the methods, their measures and the theory they are held against.
 *
 * <p>Symbols, shared by every class here. A task draws {@code y = F* G* x + noise}; the network learns
 * {@code f(x) = F G x}. Shapes: {@code G, G*} are [dh, dX] (features), {@code F, F*} are [dY, dh] (heads), a batch is
 * {@code X} [n, dX], {@code Y} [n, dY], and {@code Sigma} [dX, dX] is the covariance of x. Losses are
 * {@code 1/2 E||f(x) - y||^2}; learning rates are in the units of that loss. {@code U} is an orthonormal basis of the
 * directions orthogonal to the rows of G*.
 */
@NullMarked
package org.layerwise.examples.linear;

import org.jspecify.annotations.NullMarked;
