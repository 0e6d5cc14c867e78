package org.layerwise.settings;

import java.util.List;
import java.util.Locale;

/**
 * What every layer of an attached network gets. {@link #toString} prints it as a table.
 *
 * @param layers in the order of the parameters
 * @param fisher the Fisher estimator in use
 * @param remarks about the whole network, for instance why an estimator was replaced
 */
public record Plan(List<LayerPlan> layers, String fisher, List<String> remarks) {
    /** Copies the lists. {@inheritDoc} */
    public Plan {
        layers = List.copyOf(layers);
        remarks = List.copyOf(remarks);
    }

    /**
     * The part of the parameters that is preconditioned on at least one side. Scaling them one by one, or row by row and
     * column by column, does not count.
     *
     * @return in [0, 1]; 0 for a network without parameters
     */
    public double coverage() {
        long all = layers.stream().mapToLong(LayerPlan::parameters).sum();
        long covered = layers.stream().mapToLong(LayerPlan::covered).sum();
        return all == 0 ? 0 : (double) covered / all;
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder();
        String row = "%-16s %-20s %10s  %-10s %12s %12s %12s %10s  %s%n";
        table.append(String.format(
                row, "layer", "kind", "parameters", "method", "matrix", "state", "work", "MFLOP/step", "note"));
        for (LayerPlan layer : layers) {
            table.append(String.format(
                    row,
                    layer.layer(),
                    layer.kind(),
                    layer.parameters(),
                    layer.method(),
                    layer.shape(),
                    bytes(layer.stateBytes()),
                    bytes(layer.workBytes()),
                    String.format(Locale.ROOT, "%.1f", layer.stepFlops() / 1e6),
                    layer.note()));
        }
        table.append(String.format(
                Locale.ROOT, "%.1f %% of the parameters are preconditioned; Fisher: %s", 100 * coverage(), fisher));
        remarks.forEach(remark -> table.append(System.lineSeparator()).append(remark));
        return table.toString();
    }

    private static String bytes(long count) {
        if (count < 1 << 20) {
            return String.format(Locale.ROOT, "%.1f KiB", count / 1024.0);
        }
        return String.format(Locale.ROOT, "%.1f MiB", count / 1048576.0);
    }

    /**
     * What one layer gets.
     *
     * @param layer its name
     * @param kind its class in DL4J
     * @param parameters number of parameters
     * @param method the updater's name
     * @param covered number of parameters that are preconditioned on at least one side
     * @param shape of the preconditioned matrices, "rows x columns"; empty if there are none
     * @param stateBytes size of the updater state that is saved with the model
     * @param workBytes size of derived arrays (inverses, accumulators) that are rebuilt after loading
     * @param stepFlops floating-point operations to precondition the gradient at each step
     * @param decision what is done about the parameters, and why
     */
    public record LayerPlan(
            String layer,
            String kind,
            long parameters,
            String method,
            long covered,
            String shape,
            long stateBytes,
            long workBytes,
            long stepFlops,
            Decision decision) {
        /**
         * Whether any of the layer's parameters are preconditioned.
         *
         * @return false for a layer that DL4J's own updaters serve, or whose matrices have no side that can be preconditioned
         */
        public boolean preconditioned() {
            return covered > 0;
        }

        /**
         * Reason for a fallback, matrices with a side that is not preconditioned, or other remarks.
         *
         * @return may be empty
         */
        public String note() {
            return decision.note();
        }
    }
}
