/**
 * Single-index learning, second stage: ridge regression on the features that one first-layer step has made, and its
 * excess risk. Symbols as in {@link org.layerwise.examples.index}.
 */
@NullMarked
package org.layerwise.examples.index.risk;

import org.jspecify.annotations.NullMarked;
