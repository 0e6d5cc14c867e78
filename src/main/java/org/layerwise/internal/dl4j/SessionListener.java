package org.layerwise.internal.dl4j;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells a session of its network's passes. Order of calls in a step: onForwardPass, onBackwardPass, then, by the solver
 * alone, onGradientCalculation, then the updaters. A clone of a graph carries its original's listeners: they are none of
 * its session's.
 */
public final class SessionListener extends BaseTrainingListener {
    private final Session session;

    SessionListener(Session session) {
        this.session = session;
    }

    /**
     * The session that is told.
     *
     * @return of one network
     */
    public Session session() {
        return session;
    }

    private void tell(Model model, Consumer<Session> what) {
        if (session.serves(model)) {
            what.accept(session);
        }
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        tell(model, Session::beginPass);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        tell(model, Session::beginPass);
    }

    @Override
    public void onBackwardPass(Model model) {
        tell(model, Session::endPass);
    }

    @Override
    public void onGradientCalculation(Model model) {
        tell(model, Session::solverPass);
    }
}
