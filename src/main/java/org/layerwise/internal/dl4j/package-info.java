/** The adapter to DeepLearning4J: attaching, layouts, listeners and taps. Beside it only the open interfaces and the entry point import DeepLearning4J. */
@NullMarked
package org.layerwise.internal.dl4j;

import org.jspecify.annotations.NullMarked;
