/**
 * Which part of a layer's flat gradient is which matrix, and the map between the flat vector and the canonical matrix.
 * The only package that knows offsets, array orders and where a bias sits.
 */
@NullMarked
package org.layerwise.internal.layout;

import org.jspecify.annotations.NullMarked;
