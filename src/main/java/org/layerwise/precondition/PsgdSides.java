package org.layerwise.precondition;

/** Which sides of a matrix have square factors in PSGD, for the plan. */
public final class PsgdSides {
    private PsgdSides() {}

    /**
     * How much of a matrix has a square factor on one side.
     *
     * @param rules of the method
     * @param rows of the matrix
     * @param columns of the matrix
     * @param ofColumns whether the columns' side is asked for
     * @return share of the elements, in [0, 1]; the factors of all others are diagonal
     */
    public static double dense(PsgdMethod.Rules rules, int rows, int columns, boolean ofColumns) {
        PsgdState plan = new PsgdState(rules, rows, columns);
        long elements = 0;
        for (Tile tile : plan.tiles()) {
            elements += plan.isDense(tile, ofColumns) ? tile.length() : 0;
        }
        return (double) elements / ((long) rows * columns);
    }
}
