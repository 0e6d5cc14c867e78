/** The experiment on local convergence rates: measured from real steps, against the theory. */
@NullMarked
package org.layerwise.examples.linear.contraction;

import org.jspecify.annotations.NullMarked;
