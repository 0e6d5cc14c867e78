/** What a method of preconditioning is: its matrices, samples, state and step. */
@NullMarked
package org.layerwise.method;

import org.jspecify.annotations.NullMarked;
