/** The updaters of the paper's stylised scheme, which both models use. */
@NullMarked
package org.layerwise.examples.step;

import org.jspecify.annotations.NullMarked;
