/** Curvature of a layer's loss: output models, Fisher estimators, batch statistics, moving averages, damping. */
@NullMarked
package org.layerwise.internal.curvature;

import org.jspecify.annotations.NullMarked;
