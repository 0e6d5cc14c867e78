/** Entry point: attaches networks; an attachment shows the plan, failures and the last clip, and detaches. */
@NullMarked
package org.layerwise;

import org.jspecify.annotations.NullMarked;
