/** Natural gradient descent with full matrices against layer-wise preconditioning, by Fisher matrix and damping. */
@NullMarked
package org.layerwise.examples.linear.natural;

import org.jspecify.annotations.NullMarked;
