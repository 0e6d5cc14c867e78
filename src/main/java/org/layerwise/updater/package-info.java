/** The updaters that a user configures, and the ports through which a network feeds them. */
@NullMarked
package org.layerwise.updater;

import org.jspecify.annotations.NullMarked;
