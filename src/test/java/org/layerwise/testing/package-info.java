/** What the tests share: seeded matrices, an oracle of slow loops, named tolerances, a comparison that explains itself. */
@NullMarked
package org.layerwise.testing;

import org.jspecify.annotations.NullMarked;
