package org.layerwise.updater;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.layerwise.internal.Require;
import org.layerwise.method.Coverage;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;

/** What the settings of updaters that cut matrices into blocks have in common. */
final class BlockLimits {
    private BlockLimits() {}

    static void requireValid(int blockSize, int maxDimension) {
        Require.argument(blockSize >= 1, "blockSize must be at least 1, but is %s", blockSize);
        Require.argument(maxDimension >= 0, "maxDimension must be at least 0, but is %s", maxDimension);
    }

    static void requireDecay(double value, String name) {
        Require.argument(value >= 0 && value < 1, "%s must be in [0, 1), but is %s", name, value);
    }

    /** Whether the inputs' side may be preconditioned: never an embedding's words. */
    static boolean allowsInputs(Matrix matrix, int maxDimension) {
        return matrix.role() != Role.EMBEDDING && matrix.rows() <= maxDimension;
    }

    /** The sides that are not too long, nor cut into blocks of one element. */
    static Coverage coverage(Matrix matrix, int maxDimension, int blockSize) {
        boolean words = matrix.role() == Role.EMBEDDING;
        boolean inputs = allowsInputs(matrix, maxDimension) && Math.min(matrix.rows(), blockSize) > 1;
        boolean outputs = matrix.columns() <= maxDimension && Math.min(matrix.columns(), blockSize) > 1;
        String reason = "no side has blocks of more than one element";
        if (matrix.columns() > maxDimension && (words || matrix.rows() > maxDimension)) {
            reason = tooLong(words ? "the outputs' side exceeds" : "both sides exceed", maxDimension);
        }
        return Coverage.of(inputs, outputs, reason);
    }

    /** The sides that have square rather than diagonal factors, for shares of the elements in [0, 1]. */
    static Coverage coverageByShares(Matrix matrix, int maxDimension, double inputs, double outputs) {
        String remark = Stream.of(diagonal("inputs", inputs), diagonal("outputs", outputs))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(", "));
        if (inputs + outputs == 0) {
            boolean both = matrix.rows() > maxDimension && matrix.columns() > maxDimension;
            remark = both ? tooLong("both sides exceed", maxDimension) : "both sides diagonal";
        }
        return new Coverage(inputs > 0, outputs > 0, remark);
    }

    private static String diagonal(String side, double dense) {
        return dense == 1 ? "" : side + "' side diagonal" + (dense > 0 ? " in part" : "");
    }

    /** Why a side is left out. */
    private static String tooLong(String sides, int maxDimension) {
        return sides + " maxDimension " + maxDimension;
    }
}
