/** The experiment on alignment: how well the spike of one first-layer step points along the index. */
@NullMarked
package org.layerwise.examples.index.alignment;

import org.jspecify.annotations.NullMarked;
