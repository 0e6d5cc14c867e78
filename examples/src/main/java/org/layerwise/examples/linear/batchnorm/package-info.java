/** Batch normalisation in linear representation learning: does it replace preconditioning, and what happens to it under a shift of the inputs? */
@NullMarked
package org.layerwise.examples.linear.batchnorm;

import org.jspecify.annotations.NullMarked;
