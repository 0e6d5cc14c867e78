/** What all internal packages share. Public where Java needs it, promised to nobody. */
@NullMarked
package org.layerwise.internal;

import org.jspecify.annotations.NullMarked;
