package org.layerwise.internal.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.layerwise.updater.LayerwiseUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** Carries updater state over to a newly built updater, block by block, where configuration and parameters still fit. */
final class StateTransfer {
    private record Saved(int from, int to, IUpdater config, INDArray state) {}

    private final List<Saved> blocks = new ArrayList<>();

    private StateTransfer() {}

    static StateTransfer of(@Nullable BaseMultiLayerUpdater<?> updater) {
        StateTransfer transfer = new StateTransfer();
        if (updater != null) {
            for (UpdaterBlock block : updater.getUpdaterBlocks()) {
                if (block.getUpdaterView() != null) {
                    transfer.blocks.add(new Saved(
                            block.getParamOffsetStart(),
                            block.getParamOffsetEnd(),
                            config(block),
                            block.getUpdaterView().dup()));
                }
            }
        }
        return transfer;
    }

    private static IUpdater config(UpdaterBlock block) {
        return block.getGradientUpdater().getConfig();
    }

    void into(BaseMultiLayerUpdater<?> updater) {
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            if (block.getUpdaterView() != null) {
                for (Saved saved : blocks) {
                    if (fits(saved, block)) {
                        block.getUpdaterView().assign(saved.state);
                    }
                }
            }
        }
    }

    private static boolean fits(Saved saved, UpdaterBlock block) {
        return saved.from == block.getParamOffsetStart()
                && saved.to == block.getParamOffsetEnd()
                && saved.state.length() == block.getUpdaterView().length()
                && sameMethod(saved.config, config(block));
    }

    /** Equal but for the learning rate, which is not part of the state. */
    private static boolean sameMethod(IUpdater a, IUpdater b) {
        return a instanceof LayerwiseUpdater<?> x ? x.sameMethod(b) : a.getClass() == b.getClass();
    }
}
