/** What a user sees: the README, saved models, backends, the examples' command line. */
@NullMarked
package org.layerwise.integration;

import org.jspecify.annotations.NullMarked;
