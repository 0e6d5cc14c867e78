package org.layerwise.examples.report;

import java.util.List;

/**
 * What one experiment has to say.
 *
 * @param name name of the experiment, also the anchor in the page
 * @param title heading
 * @param question what is asked, a few sentences
 * @param settings the setting in words
 * @param claims what is tested
 * @param body figures, tables and text
 */
public record Section(
        String name, String title, String question, List<String> settings, List<Claim> claims, List<Block> body) {
    /** Freezes the lists. */
    public Section {
        settings = List.copyOf(settings);
        claims = List.copyOf(claims);
        body = List.copyOf(body);
    }

    /** The figures, in the order of the page. */
    public List<Figure> figures() {
        return body.stream()
                .filter(Figure.class::isInstance)
                .map(Figure.class::cast)
                .toList();
    }
}
