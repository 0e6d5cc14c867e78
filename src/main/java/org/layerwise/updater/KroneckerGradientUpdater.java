package org.layerwise.updater;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.layerwise.layout.MatrixLayout;
import org.layerwise.linalg.Kernels;
import org.layerwise.linalg.Require;
import org.layerwise.precondition.KroneckerPreconditioner;
import org.layerwise.precondition.KroneckerState;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * One layer's step: absorb statistics, refresh the inverse when due, precondition, clip over the network, momentum.
 * DL4J subtracts what is left in the gradient view.
 */
final class KroneckerGradientUpdater implements GradientUpdater<KroneckerUpdater>, StepCoordinator.Pending {
    private final KroneckerUpdater config;
    private final @Nullable INDArray view;
    private @Nullable Driver driver;
    private double learningRate;
    private double squaredLength;
    private boolean skip;
    private @Nullable INDArray gradient;

    KroneckerGradientUpdater(KroneckerUpdater config, @Nullable INDArray view, boolean initialize) {
        this.config = config;
        this.view = view;
        if (view != null && initialize && config.layout() != null) {
            new KroneckerState(Kernels.forBackend(), config.contents(), view, true);
        }
    }

    /** Connects this updater with its network's statistics; without effect if it is. */
    void connect(LayerSession session) {
        if (driver == null || driver.session != session) {
            Require.state(
                    view != null && config.layout() != null,
                    "%s is not bound to a layer. %s",
                    config,
                    LayerSession.REMEDY);
            driver = new Driver(config, session, Objects.requireNonNull(view));
        }
        session.adopt(driver.state);
        synchronize(driver); // before the taps run: they need the eigenbasis
    }

    private static void synchronize(Driver d) {
        d.state.requireValid(d.layout.layer());
        d.preconditioner.synchronize(d.session.statistics());
    }

    /** What a connected layer needs to take steps. */
    private static final class Driver {
        private final MatrixLayout layout;
        private final LayerSession session;
        private final KroneckerState state;
        private final KroneckerPreconditioner preconditioner;
        private final INDArray direction;

        Driver(KroneckerUpdater config, LayerSession session, INDArray view) {
            this.layout = Objects.requireNonNull(config.layout());
            this.session = session;
            KroneckerSettings settings = config.settings();
            this.state = new KroneckerState(session.kernels(), config.contents(), view, false);
            this.preconditioner = new KroneckerPreconditioner(
                    layout.layer(),
                    session.kernels(),
                    session.type(),
                    state,
                    new KroneckerPreconditioner.Rules(
                            settings.damping(),
                            settings.movingAverage(),
                            settings.eigenvalueCorrected(),
                            settings.strict()),
                    session.scratch(),
                    session.diagnostics());
            this.direction = Nd4j.createUninitializedDetached(
                    session.type(), 'f', layout.inputDimension(), layout.outputDimension());
        }
    }

    private Driver driver() {
        MatrixLayout layout = config.layout();
        Require.state(
                driver != null,
                "The %s updater of %s is not connected to its network. %s",
                config.getClass().getSimpleName(),
                layout == null ? "this network" : "layer " + layout.layer(),
                LayerSession.REMEDY);
        return Objects.requireNonNull(driver);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        Driver d = driver();
        KroneckerSettings settings = config.settings();
        d.session.requireBegun();
        updateCurvature(d, settings);

        double scale = d.session.canonicalScale();
        INDArray canonical =
                d.session.scratch().matrix("gradient", d.layout.inputDimension(), d.layout.outputDimension());
        d.layout.toCanonical(d.session.kernels(), gradient, scale, canonical);
        double product = d.preconditioner.apply(canonical, 1 / scale, d.direction); // <V, D>
        this.skip = Double.isNaN(product);
        this.learningRate = config.checkedLearningRate("layer " + d.layout.layer(), iteration, epoch);
        this.squaredLength = skip ? 0 : learningRate * learningRate * product;
        this.gradient = gradient;
        gradient.assign(0);
        if (settings.klClip() > 0) {
            d.session.coordinator().submit(this);
        } else {
            finish(1);
        }
    }

    private static void updateCurvature(Driver d, KroneckerSettings settings) {
        KroneckerState state = d.state;
        synchronize(d);
        if (d.session.statistics().filled()) {
            d.preconditioner.absorb(d.session.statistics());
            d.session.statistics().clear();
        }
        if (settings.refresh().due(state.step(), state.lastRefresh())) {
            d.preconditioner.refresh(d.session.statistics());
        }
    }

    /**
     * u = m u + lr nu V, and adds u to the gradient view; Nesterov adds m u + lr nu V, as DL4J's Nesterovs does with v = -u.
     */
    @Override
    public void finish(double nu) {
        Driver d = driver();
        INDArray target = Objects.requireNonNull(gradient);
        this.gradient = null;
        d.state.advance();
        if (skip) {
            return;
        }
        Kernels kernels = d.session.kernels();
        double step = learningRate * nu;
        INDArray velocity = d.state.velocity();
        if (velocity == null) {
            d.layout.addFromCanonical(kernels, d.direction, step, target);
            return;
        }
        double momentum = config.settings().momentum();
        kernels.axpby(step, d.direction, momentum, velocity);
        if (config.settings().nesterov()) {
            d.layout.addFromCanonical(kernels, velocity, momentum, target);
            d.layout.addFromCanonical(kernels, d.direction, step, target);
        } else {
            d.layout.addFromCanonical(kernels, velocity, 1, target);
        }
    }

    @Override
    public double squaredLength() {
        return squaredLength;
    }

    @Override
    public double klClip() {
        return config.settings().klClip();
    }

    @Override
    public KroneckerUpdater getConfig() {
        return config;
    }

    @Override
    public Map<String, INDArray> getState() {
        return view == null ? Map.of() : Map.of("state", view);
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        throw new UnsupportedOperationException(
                "The state of " + config.getClass().getSimpleName() + " lives in the network's updater view");
    }

    @Override
    public void setStateViewArray(INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        throw new UnsupportedOperationException(config.getClass().getSimpleName()
                + " needs a DL4J network to take statistics from; SameDiff is not supported");
    }
}
