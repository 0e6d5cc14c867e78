package org.layerwise.examples.report;

import java.util.List;

/** A piece of a section. */
public sealed interface Block permits Block.Heading, Block.Paragraph, Block.Bullets, Table, Figure {
    /** A heading within the section. */
    record Heading(String text) implements Block {}

    /** Plain text. */
    record Paragraph(String text) implements Block {}

    /** A bulleted list of plain text. */
    record Bullets(List<String> items) implements Block {
        /** Freezes the list. */
        public Bullets {
            items = List.copyOf(items);
        }
    }
}
