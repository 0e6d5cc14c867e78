package org.layerwise.examples.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as text. */
public final class Numbers {
    private Numbers() {}

    /** Up to four digits, no exponent, no trailing zeros: 0.01, 100. */
    public static String plain(double value) {
        return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
    }

    /** Two digits for tables; "-" for NaN. */
    public static String brief(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return value == 0 || (Math.abs(value) >= .01 && Math.abs(value) < 1000)
                ? new BigDecimal(value, new MathContext(2)).toPlainString()
                : String.format(Locale.ROOT, "%.1e", value);
    }

    /** Fixed number of decimals; "-" for NaN. */
    public static String fixed(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** Significant digits, in scientific notation where that is shorter; "-" for NaN. */
    public static String digits(double value, int digits) {
        if (Double.isNaN(value)) {
            return "-";
        }
        if (value == 0 || Double.isInfinite(value)) {
            return value == 0 ? "0" : value > 0 ? "∞" : "-∞";
        }
        boolean plain = Math.abs(value) >= 1e-3 && Math.abs(value) < 1e5;
        return plain
                ? new BigDecimal(value, new MathContext(digits)).toPlainString()
                : String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
    }
}
