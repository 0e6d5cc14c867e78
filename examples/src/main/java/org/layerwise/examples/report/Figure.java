package org.layerwise.examples.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Panels side by side under one title with one legend.
 *
 * @param name file name without extension
 * @param title above the panels
 * @param panels left to right
 */
public record Figure(String name, String title, List<Panel> panels) implements Block {
    /** Freezes the list. */
    public Figure {
        panels = List.copyOf(panels);
    }

    /** Writes {@code name.png} and {@code name.svg} into {@code folder}. */
    public void write(Path folder) throws IOException {
        FigurePainter.write(this, folder);
    }

    /** First curve of every label, in the order of appearance. */
    List<Curve> legend() {
        Map<String, Curve> entries = new LinkedHashMap<>();
        for (Panel panel : panels) {
            for (Curve curve : panel.curves()) {
                entries.putIfAbsent(curve.label(), curve);
            }
        }
        return List.copyOf(entries.values());
    }
}
