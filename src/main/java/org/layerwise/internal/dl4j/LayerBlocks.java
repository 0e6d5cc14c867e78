package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.jspecify.annotations.Nullable;
import org.layerwise.dl4j.LayerKind;
import org.layerwise.dl4j.LayerKind.Parameter;
import org.layerwise.dl4j.LayerSlot;
import org.layerwise.internal.step.BlockConfiguration;
import org.layerwise.method.Matrix;
import org.layerwise.settings.Role;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** The updater blocks that DL4J makes of one layer: consecutive parameters whose configured updaters are equal. */
final class LayerBlocks {
    private LayerBlocks() {}

    /** One parameter array as DL4J hands it out. */
    private record Entry(
            String name, INDArray array, @Nullable IUpdater updater, boolean pretrain) {}

    /** Consecutive parameters with one of our updaters. */
    static final class Block {
        private final TrainingConfig configuration;
        private final BlockConfiguration requested;
        private final List<Entry> entries = new ArrayList<>();
        private int repeats = 1;
        private boolean separate;
        private boolean gain;
        private boolean outOfOrder;

        private Block(TrainingConfig configuration, BlockConfiguration requested) {
            this.configuration = configuration;
            this.requested = requested;
        }

        BlockConfiguration requested() {
            return requested;
        }

        /** How many blocks of the layer look alike, as the directions of a bidirectional one do: one layout serves them all. */
        int repeats() {
            return repeats;
        }

        private boolean looksLike(Block other) {
            return keys().equals(other.keys());
        }

        private List<String> keys() {
            return entries.stream()
                    .map(entry -> entry.name.substring(entry.name.length() > 1 && repeatsByDirection() ? 1 : 0)
                            + Arrays.toString(entry.array.shape()))
                    .toList();
        }

        private boolean repeatsByDirection() {
            return configuration instanceof Bidirectional;
        }

        long length() {
            return entries.stream().mapToLong(entry -> entry.array.length()).sum();
        }

        /** Why the parameters do not lie as matrices in the block; null if they do. */
        @Nullable
        String obstacle() {
            if (outOfOrder) {
                return "DL4J updates its bias last although it lies first, so it cannot have an updater of its own";
            }
            if (!separate) {
                return null;
            }
            return (gain ? "its gain lies" : "some of its parameters lie")
                    + " behind a bias that has an updater of its own";
        }

        void install(BlockConfiguration bound) {
            UpdaterFields.replace(configuration, requested, bound);
        }

        /** The matrices of a block, offsets counted from its first element. */
        List<Matrix> matrices(LayerSlot slot, boolean joint) {
            Layer inner = LayerKinds.unwrapped(Objects.requireNonNull(slot.configuration()));
            LayerKind kind = Objects.requireNonNull(LayerKinds.of(inner));
            boolean bidirectional = slot.configuration() instanceof Bidirectional;
            long start = entries.stream()
                    .mapToLong(entry -> entry.array.offset())
                    .min()
                    .orElse(0);
            List<Matrix> matrices = new ArrayList<>();
            for (Entry entry : entries) {
                String key = bidirectional ? entry.name.substring(1) : entry.name;
                List<Long> shape = Arrays.stream(entry.array.shape()).boxed().toList();
                Parameter parameter = new Parameter(key, entry.name, shape, entry.array.offset() - start);
                matrices.addAll(kind.matrices(slot, inner, parameter));
            }
            matrices.sort(Comparator.comparingLong(each -> each.bands().get(0).offset()));
            return joint ? join(matrices) : matrices;
        }

        /** Weights and bias as one matrix. */
        private static List<Matrix> join(List<Matrix> matrices) {
            List<Matrix> joined = new ArrayList<>();
            List<Matrix> vectors = new ArrayList<>(
                    matrices.stream().filter(each -> each.role() == Role.VECTOR).toList());
            for (Matrix matrix : matrices) {
                if (matrix.role() != Role.VECTOR) {
                    Matrix bias = vectors.stream()
                            .filter(each -> each.columns() == matrix.columns())
                            .findFirst()
                            .orElse(null);
                    vectors.remove(bias);
                    joined.add(
                            bias == null
                                    ? matrix
                                    : matrix.withBias(bias.bands().get(0).offset()));
                }
            }
            joined.addAll(vectors);
            return joined;
        }
    }

    /** The blocks of a layer whose updaters are ours, in DL4J's order. */
    static List<Block> of(LayerSlot slot) {
        TrainingConfig configuration = slot.running().getConfig();
        List<Entry> entries = entries(slot, configuration);
        List<Block> blocks = new ArrayList<>();
        Block current = null;
        Entry last = null;
        for (Entry entry : entries) {
            if (!(entry.updater instanceof BlockConfiguration requested)) {
                current = null;
            } else if (current == null
                    || last == null
                    || !requested.equals(last.updater)
                    || entry.pretrain != last.pretrain) {
                current = new Block(configuration, requested);
                blocks.add(current);
            }
            if (current != null) {
                current.entries.add(entry);
            }
            last = entry;
        }
        mark(blocks, entries);
        return distinct(blocks);
    }

    /** One block for each updater. */
    private static List<Block> distinct(List<Block> blocks) {
        List<Block> distinct = new ArrayList<>();
        for (Block block : blocks) {
            Block first = distinct.stream()
                    .filter(each -> each.requested.equals(block.requested))
                    .findFirst()
                    .orElse(null);
            if (first == null) {
                distinct.add(block);
            } else if (!first.separate) {
                first.repeats++;
            }
        }
        return distinct;
    }

    private static List<Entry> entries(LayerSlot slot, TrainingConfig configuration) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, INDArray> parameter :
                slot.running().paramTable(false).entrySet()) {
            String name = parameter.getKey();
            entries.add(new Entry(
                    name,
                    parameter.getValue(),
                    configuration.getUpdaterByParam(name),
                    configuration.isPretrainParam(name)));
        }
        return entries;
    }

    /**
     * Finds blocks whose updater serves another block too, which one layout cannot describe, and blocks of layers whose
     * parameters are named in another order than they lie, which DL4J cuts wrongly.
     */
    private static void mark(List<Block> blocks, List<Entry> all) {
        boolean ordered = true;
        for (int i = 1; i < all.size(); i++) {
            ordered &= all.get(i).array.offset() >= all.get(i - 1).array.offset();
        }
        for (Block block : blocks) {
            block.separate = blocks.stream()
                    .anyMatch(other -> other.requested.equals(block.requested) && !other.looksLike(block));
            block.gain = all.stream().anyMatch(entry -> entry.name.equals(DefaultParamInitializer.GAIN_KEY));
            block.outOfOrder = !ordered && block.entries.size() < all.size();
        }
    }

    /** The kind of a layer; null if there is none. */
    static @Nullable LayerKind kind(LayerSlot slot) {
        Layer configuration = slot.configuration();
        return configuration == null ? null : LayerKinds.of(LayerKinds.unwrapped(configuration));
    }

    /** Whether a layer runs inside another, such as LastTimeStep, Bidirectional or TimeDistributed. */
    static boolean isWrapped(LayerSlot slot) {
        return slot.running() instanceof BaseWrapperLayer || slot.configuration() instanceof Bidirectional;
    }
}
