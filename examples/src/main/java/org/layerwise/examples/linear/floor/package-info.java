/** The experiment on the noise floor of KFAC: where label noise stops it, against the theory. */
@NullMarked
package org.layerwise.examples.linear.floor;

import org.jspecify.annotations.NullMarked;
