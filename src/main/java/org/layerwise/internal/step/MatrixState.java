package org.layerwise.internal.step;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.layerwise.internal.Require;
import org.layerwise.internal.linalg.Kernels;
import org.layerwise.method.PeriodicTask;
import org.layerwise.method.Section;
import org.layerwise.method.Section.Kind;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The state of one matrix: its sections and counters. */
final class MatrixState {
    private static final int AT_COUNTERS = LayerState.AT_COUNTERS;

    private final int at;
    private final Map<String, INDArray> sections = new LinkedHashMap<>();
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final Map<String, Ledger> ledgers = new LinkedHashMap<>();
    private long steps;
    private boolean touched = true;

    MatrixState(int at) {
        this.at = at;
    }

    /** An array by name, one-dimensional. */
    INDArray section(String name) {
        INDArray array = sections.get(name);
        Require.argument(array != null, "There is no section '%s' among %s", name, sections.keySet());
        return Objects.requireNonNull(array);
    }

    void add(Section section, INDArray array) {
        sections.put(section.name(), array);
        kinds.put(section.name(), section.kind());
    }

    void add(PeriodicTask task) {
        ledgers.put(task.name(), new Ledger(task));
    }

    /** Whether there is something to write. */
    boolean touched() {
        return touched;
    }

    long steps() {
        return steps;
    }

    Ledger ledger(String task) {
        Ledger ledger = ledgers.get(task);
        Require.argument(ledger != null, "There is no task '%s' among %s", task, ledgers.keySet());
        return Objects.requireNonNull(ledger);
    }

    /** Goes to the step after the last one. */
    void beginStep() {
        ledgers.values().forEach(ledger -> ledger.advance(steps + 1));
    }

    /** The step is taken. */
    void countStep() {
        steps++;
        touched = true;
    }

    /** Starts anew. */
    void reset() {
        sections.values().stream().filter(each -> !each.isEmpty()).forEach(each -> each.assign(0));
        ledgers.values().forEach(Ledger::reset);
        steps = 0;
        touched = true;
    }

    /**
     * Whether nobody has damaged counters and averages: all that enters them is checked. Factors, which are longer, fail where
     * they are used, and the last good result stays in use. The sum of directions is checked when it is written.
     *
     * @param longest of the averages that are checked, in elements
     */
    boolean isFinite(Kernels kernels, long longest) {
        for (Map.Entry<String, Kind> section : kinds.entrySet()) {
            INDArray array = section(section.getKey());
            Kind kind = section.getValue();
            boolean checked = kind == Kind.COUNTER || (kind == Kind.MEAN && array.length() <= longest);
            boolean later = section.getKey().equals(MatrixStep.VELOCITY);
            if (checked && !later && !array.isEmpty() && !(kernels.norm(array) <= Double.MAX_VALUE)) {
                return false;
            }
        }
        return true;
    }

    void roundCounters() {
        sections.forEach((name, array) -> {
            if (kinds.get(name) == Kind.COUNTER && !array.isEmpty()) {
                Transforms.round(array, false);
            }
        });
    }

    void read(double[] header) {
        touched = false;
        steps = LayerState.count(header, at + AT_COUNTERS);
        int from = at + AT_COUNTERS + 2;
        for (Ledger ledger : ledgers.values()) {
            ledger.read(
                    new long[] {
                        LayerState.count(header, from),
                        LayerState.count(header, from + 2),
                        LayerState.count(header, from + 4)
                    },
                    steps);
            from += 2 * Ledger.LENGTH;
        }
    }

    /** A skipped step leaves no trace. */
    void write(double[] header) {
        if (!touched) {
            return;
        }
        touched = false;
        LayerState.putCount(header, at + AT_COUNTERS, steps);
        int to = at + AT_COUNTERS + 2;
        for (Ledger ledger : ledgers.values()) {
            for (long number : ledger.numbers()) {
                LayerState.putCount(header, to, number);
                to += 2;
            }
        }
    }
}
