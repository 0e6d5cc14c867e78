package org.layerwise.examples.report;

/** Labels of a logarithmic axis. */
final class Ticks {
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private Ticks() {}

    /** {@code 10⁻³} for 0.001; values that are no power of ten get their nearest one below. */
    static String power(double value) {
        int exponent = (int) Math.floor(Math.log10(value) + 1e-9);
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
}
