/** The adapter to DeepLearning4J: attaching, layouts, listeners and taps. The only package that imports it. */
@NullMarked
package org.layerwise.internal.dl4j;

import org.jspecify.annotations.NullMarked;
