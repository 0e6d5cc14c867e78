/** What every experiment needs around it: the choice of the backend and progress. */
@NullMarked
package org.layerwise.examples.run;

import org.jspecify.annotations.NullMarked;
