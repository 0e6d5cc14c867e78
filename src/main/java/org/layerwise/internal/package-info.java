/** What all internal packages share. Public where Java needs it, not public API. */
@NullMarked
package org.layerwise.internal;

import org.jspecify.annotations.NullMarked;
