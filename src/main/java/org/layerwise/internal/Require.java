package org.layerwise.internal;

import org.jspecify.annotations.Nullable;

/** Checks of arguments and state whose messages are formatted only on failure. */
public final class Require {
    private Require() {}

    /**
     * Checks an argument.
     *
     * @param holds what must be true of the argument
     * @param format message, as in {@link String#format}: what was found, what was expected, what to do
     * @param args values named in the message
     * @throws IllegalArgumentException if {@code holds} is false
     */
    public static void argument(boolean holds, String format, Object... args) {
        if (!holds) {
            throw new IllegalArgumentException(String.format(format, args));
        }
    }

    /**
     * Checks the state of the callee.
     *
     * @param holds what must be true
     * @param format message, as in {@link String#format}: what was found, what was expected, what to do
     * @param args values named in the message
     * @throws IllegalStateException if {@code holds} is false
     */
    public static void state(boolean holds, String format, Object... args) {
        if (!holds) {
            throw new IllegalStateException(String.format(format, args));
        }
    }

    /**
     * Checks that a setting is there, which JSON and callers from other languages do not ensure.
     *
     * @param value the setting
     * @param name its name, for the message
     * @throws IllegalArgumentException if it is null
     */
    public static void present(@Nullable Object value, String name) {
        argument(value != null, "%s must be given, but is null", name);
    }

    /**
     * Checks that a number is finite and not negative.
     *
     * @param value the number
     * @param name the setting's name, for the message
     * @return {@code value}
     * @throws IllegalArgumentException if it is NaN, infinite or negative
     */
    public static double nonNegative(double value, String name) {
        argument(value >= 0 && value <= Double.MAX_VALUE, "%s must be finite and at least 0, but is %s", name, value);
        return value;
    }

    /**
     * Checks that a number is finite and greater than zero.
     *
     * @param value the number
     * @param name the setting's name, for the message
     * @return {@code value}
     * @throws IllegalArgumentException if it is NaN, infinite, zero or negative
     */
    public static double positive(double value, String name) {
        argument(
                value > 0 && value <= Double.MAX_VALUE, "%s must be finite and greater than 0, but is %s", name, value);
        return value;
    }
}
