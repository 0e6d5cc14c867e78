/** What layers and losses of DL4J are to preconditioning; open to kinds of one's own, found by {@link java.util.ServiceLoader}. */
@NullMarked
package org.layerwise.dl4j;

import org.jspecify.annotations.NullMarked;
