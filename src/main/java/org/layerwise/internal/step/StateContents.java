package org.layerwise.internal.step;

import java.util.List;
import org.layerwise.method.PeriodicTask;
import org.layerwise.method.Section;

/**
 * What a block keeps.
 *
 * @param method name of the method
 * @param parts of the preconditioned matrices
 * @param fallbackLength number of elements of the fallback's state
 * @param fallback name of the fallback; empty if its state is
 */
record StateContents(String method, List<Part> parts, long fallbackLength, String fallback) {
    /**
     * What a matrix keeps.
     *
     * @param rows of the matrix
     * @param columns of the matrix
     * @param sections in the order in which they are stored
     * @param tasks whose dates are kept
     */
    public record Part(int rows, int columns, List<Section> sections, List<PeriodicTask> tasks) {
        int counters() {
            return 2 * (1 + Ledger.LENGTH * tasks.size());
        }

        long length() {
            return sections.stream().mapToLong(Section::length).sum();
        }

        String layout() {
            StringBuilder text = new StringBuilder();
            for (Section section : sections) {
                text.append(section.name())
                        .append('|')
                        .append(section.layout())
                        .append('|')
                        .append(section.length())
                        .append(';');
            }
            tasks.forEach(task -> text.append(task.name()).append(';'));
            return text.toString();
        }
    }

    StateContents {
        parts = List.copyOf(parts);
    }

    /**
     * Number of elements. State of the fallback alone has no header.
     *
     * @return at least 0
     */
    public long length() {
        return header() + parts.stream().mapToLong(Part::length).sum() + fallbackLength;
    }

    int header() {
        return parts.isEmpty()
                ? 0
                : LayerState.FIXED
                        + parts.stream()
                                .mapToInt(part -> LayerState.AT_COUNTERS + part.counters())
                                .sum();
    }
}
