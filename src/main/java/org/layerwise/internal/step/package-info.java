/**
 * The step: what lies between two updates. One layer step drives every method, one network step owns what spans layers, one
 * state holds what is saved.
 */
@NullMarked
package org.layerwise.internal.step;

import org.jspecify.annotations.NullMarked;
