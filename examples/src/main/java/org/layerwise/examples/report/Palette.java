package org.layerwise.examples.report;

import java.awt.Color;
import java.util.Locale;
import java.util.Map;

/**
 * One colour per method, the same in every figure of every experiment. Most colours are those of Okabe and Ito, which
 * stay apart for readers with a colour vision deficiency.
 */
public final class Palette {
    private static final Color OTHER = new Color(0x777777);
    private static final Map<String, Color> COLOURS = Map.ofEntries(
            Map.entry("sgd", new Color(0xE69F00)),
            Map.entry("amgd", new Color(0x56B4E9)),
            Map.entry("amgd-hidden-bn", new Color(0x999933)),
            Map.entry("amgd-input-bn", new Color(0x332288)),
            Map.entry("adam", new Color(0xCC79A7)),
            Map.entry("amsgrad", new Color(0x9467BD)),
            Map.entry("nesterovs", new Color(0xB8860B)),
            Map.entry("soap", new Color(0x0B4F9E)),
            Map.entry("shampoo", new Color(0x17BECF)),
            Map.entry("muon", new Color(0x222222)),
            Map.entry("normuon", new Color(0x8C564B)),
            Map.entry("scion", new Color(0x6B8E23)),
            Map.entry("psgd", new Color(0xE377C2)),
            Map.entry("adamw", new Color(0x882255)),
            Map.entry("kfac", new Color(0xD55E00)),
            Map.entry("kfac-undamped", new Color(0x7F3B08)),
            Map.entry("foof", new Color(0x009E73)),
            Map.entry("left-only", new Color(0x0072B2)),
            Map.entry("ngd", new Color(0x000000)),
            Map.entry("ngd-empirical", new Color(0x999999)),
            Map.entry("random-features", new Color(0x44AA99)),
            Map.entry("linear", new Color(0x117733)));

    private Palette() {}

    /** Colour of the method with this id; grey if it has none of its own. */
    public static Color of(String method) {
        return COLOURS.getOrDefault(method, OTHER);
    }

    /** {@code #rrggbb}. */
    static String hex(Color colour) {
        return String.format(Locale.ROOT, "#%06x", colour.getRGB() & 0xFFFFFF);
    }
}
