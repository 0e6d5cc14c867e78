/** The updaters that a user configures, with their settings and builders, and the registry of all of them. */
@NullMarked
package org.layerwise.updater;

import org.jspecify.annotations.NullMarked;
