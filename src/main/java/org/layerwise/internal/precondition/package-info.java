/** All methods of preconditioning and their parts: statistics, refreshes, directions, remedies where numbers fail. */
@NullMarked
package org.layerwise.internal.precondition;

import org.jspecify.annotations.NullMarked;
