/** Entry point: attaches networks. */
@NullMarked
package org.layerwise;

import org.jspecify.annotations.NullMarked;
