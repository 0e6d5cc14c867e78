/**
 * Dense linear algebra on ND4J arrays: LAPACK and BLAS where ND4J's own operations are wrong or slow, and the Kronecker
 * product as a value. Nothing here knows about networks or optimizers.
 */
@NullMarked
package org.layerwise.internal.linalg;

import org.jspecify.annotations.NullMarked;
