/** The command line of the experiments. */
@NullMarked
package org.layerwise.examples;

import org.jspecify.annotations.NullMarked;
