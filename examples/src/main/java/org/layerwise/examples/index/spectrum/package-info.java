/**
 * Single-index learning: singular values of the first layer after one step, and the outlier among them. Symbols as in
 * {@link org.layerwise.examples.index}.
 */
@NullMarked
package org.layerwise.examples.index.spectrum;

import org.jspecify.annotations.NullMarked;
