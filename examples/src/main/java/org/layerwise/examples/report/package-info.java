/** How results leave the program: CSV, figures and one HTML page. Knows no experiment. */
@NullMarked
package org.layerwise.examples.report;

import org.jspecify.annotations.NullMarked;
