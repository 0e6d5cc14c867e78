/** A user's package: what stands here sees only what is public. */
@NullMarked
package com.example;

import org.jspecify.annotations.NullMarked;
