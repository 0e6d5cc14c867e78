/** The experiments on learning rates and on the anisotropy of the inputs: the end of training over a grid. */
@NullMarked
package org.layerwise.examples.linear.sweep;

import org.jspecify.annotations.NullMarked;
