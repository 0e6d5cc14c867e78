/** The experiment on learning curves: settings, results, claims and figures. */
@NullMarked
package org.layerwise.examples.linear.curves;

import org.jspecify.annotations.NullMarked;
