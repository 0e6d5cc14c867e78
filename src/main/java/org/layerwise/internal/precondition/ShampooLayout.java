package org.layerwise.internal.precondition;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.layerwise.internal.linalg.Kernels.Block;
import org.layerwise.method.Section;
import org.layerwise.method.Section.Kind;
import org.layerwise.method.StepContext;

/**
 * Where Shampoo keeps what: a mark for each block that has roots, the momentum, the graft's V, then for each side of each block
 * its factor and, at the same place of another array, the factor's root.
 */
final class ShampooLayout {
    static final String MARKS = "marks";
    static final String MOMENTUM = "momentum";
    static final String SQUARES = "squares";
    static final String FACTORS = "factors";
    static final String ROOTS = "roots";

    private final ShampooMethod.Rules rules;
    private final List<RootedBlock> blocks = new ArrayList<>();
    private final long elements;
    private final long factorElements;

    /**
     * One side of a block.
     *
     * @param name for messages
     * @param at offset of the factor among the factors, and of its root among the roots
     * @param size of factor and root
     * @param exponent of the root
     */
    record RootedSide(String name, long at, int size, double exponent) {
        Block factor(StepContext context) {
            return new Block(context.state(FACTORS), at, size, size, size);
        }

        Block root(StepContext context) {
            return new Block(context.state(ROOTS), at, size, size, size);
        }

        long length() {
            return (long) size * size;
        }
    }

    /** A block of the matrix. A side without preconditioner is null. */
    record RootedBlock(
            Tile tile, @Nullable RootedSide input, @Nullable RootedSide output) {}

    ShampooLayout(ShampooMethod.Rules rules, int rows, int columns) {
        this.rules = rules;
        // A side without preconditioner needs no cuts.
        int height = rules.inputExponent() == 0 ? rows : rules.blockSize();
        int width = rules.outputExponent() == 0 ? columns : rules.blockSize();
        this.elements = (long) rows * columns;
        long at = 0;
        for (Tile tile : Tile.partition(rows, columns, height, width)) {
            RootedSide input = side("input", at, tile.rows(), rules.inputExponent());
            at += input == null ? 0 : input.length();
            RootedSide output = side("output", at, tile.columns(), rules.outputExponent());
            at += output == null ? 0 : output.length();
            blocks.add(new RootedBlock(tile, input, output));
        }
        this.factorElements = at;
    }

    private static @Nullable RootedSide side(String name, long at, int size, double exponent) {
        return exponent == 0 ? null : new RootedSide(name, at, size, exponent);
    }

    List<RootedBlock> blocks() {
        return blocks;
    }

    /** The arrays of state. The words say which averages are kept, and of which factors the roots are which. */
    List<Section> sections() {
        Tile first = blocks.get(0).tile();
        String cut = "blocks of " + first.rows() + " by " + first.columns();
        boolean averaged = rules.momentum() > 0;
        String factors = cut + (rules.factorDecay() == 1 ? " as sums" : " as means");
        String roots = String.format(
                Locale.ROOT,
                "%s%s, exponents %.6f and %.6f",
                cut,
                rules.traceScaling() ? ", factors scaled by their trace" : "",
                rules.inputExponent(),
                rules.outputExponent());
        return List.of(
                new Section(MARKS, cut, blocks.size(), Kind.COUNTER),
                new Section(MOMENTUM, averaged ? "momentum" : "no momentum", averaged ? elements : 0, Kind.MEAN),
                new Section(
                        SQUARES,
                        new GraftStep(rules.grafting()).layout(),
                        rules.grafting().usesSquares() ? elements : 0,
                        Kind.MEAN),
                new Section(FACTORS, factors, factorElements, Kind.MEAN),
                new Section(ROOTS, roots, factorElements, Kind.DERIVED));
    }
}
