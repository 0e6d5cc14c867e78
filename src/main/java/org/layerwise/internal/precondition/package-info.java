/** Preconditioners as compositions: absorb statistics, refresh the inverse, apply it. */
@NullMarked
package org.layerwise.internal.precondition;

import org.jspecify.annotations.NullMarked;
