package org.layerwise.examples.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.function.Function;

/** Labels of the axes. */
final class Ticks {
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /** A logarithmic axis shorter than this is also labelled between its powers of ten. */
    private static final double FEW_DECADES = 1.7;

    /** Between these, powers of ten are shorter as plain numbers. */
    private static final double SMALLEST_PLAIN = 5e-3;

    private static final double LARGEST_PLAIN = 2e4;

    private Ticks() {}

    /** Whether a logarithmic axis over this range has ticks at powers of ten alone. */
    static boolean decadesOnly(Axis.Range range) {
        return range.low() <= 0 || Math.log10(range.high() / range.low()) >= FEW_DECADES;
    }

    /** What to write at the ticks of an axis. */
    static Function<Double, String> labels(Axis axis, Axis.Range range) {
        if (!axis.logarithmic()) {
            return Ticks::plain;
        }
        if (!decadesOnly(range)) {
            return Ticks::oneTwoFive;
        }
        return range.low() >= SMALLEST_PLAIN && range.high() <= LARGEST_PLAIN ? Ticks::plain : Ticks::power;
    }

    /** {@code 10⁻³} for 0.001; values that are no power of ten get their nearest one below. */
    static String power(double value) {
        int exponent = exponent(value);
        if (exponent == 0) {
            return "1";
        }
        StringBuilder label = new StringBuilder("10");
        if (exponent < 0) {
            label.append('⁻');
        }
        for (char digit : Integer.toString(Math.abs(exponent)).toCharArray()) {
            label.append(SUPERSCRIPTS.charAt(digit - '0'));
        }
        return label.toString();
    }

    /** The number at 1, 2 and 5 times a power of ten; nothing in between, where labels would collide. */
    static String oneTwoFive(double value) {
        long digit = Math.round(value / Math.pow(10, exponent(value)));
        return digit == 1 || digit == 2 || digit == 5 || digit == 10 ? plain(value) : "";
    }

    /** Up to four digits. */
    static String plain(double value) {
        return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
    }

    private static int exponent(double value) {
        return (int) Math.floor(Math.log10(value) + 1e-9);
    }
}
