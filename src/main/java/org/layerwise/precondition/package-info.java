/** Preconditioners as compositions: absorb statistics, refresh the inverse, apply it. */
@NullMarked
package org.layerwise.precondition;

import org.jspecify.annotations.NullMarked;
