/** Random matrices, covariances and statistics that every experiment needs. Double precision throughout. */
@NullMarked
package org.layerwise.examples.numeric;

import org.jspecify.annotations.NullMarked;
