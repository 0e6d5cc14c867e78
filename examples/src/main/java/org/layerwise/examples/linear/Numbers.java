package org.layerwise.examples.linear;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as text. */
final class Numbers {
    private Numbers() {}

    /** Up to four digits, no exponent, no trailing zeros: 0.01, 100. */
    static String plain(double value) {
        return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
    }

    /** Two digits for tables; "-" for NaN. */
    static String brief(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return value == 0 || (Math.abs(value) >= .01 && Math.abs(value) < 1000)
                ? new BigDecimal(value, new MathContext(2)).toPlainString()
                : String.format(Locale.ROOT, "%.1e", value);
    }

    /** Fixed number of decimals; "-" for NaN. */
    static String fixed(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
