/** Kronecker factors of a batch and their moving averages; the distributions that losses assume of the output. */
@NullMarked
package org.layerwise.internal.curvature;

import org.jspecify.annotations.NullMarked;
