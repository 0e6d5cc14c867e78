/** Values that configure updaters: checked, immutable, written to JSON by name. */
@NullMarked
package org.layerwise.settings;

import org.jspecify.annotations.NullMarked;
