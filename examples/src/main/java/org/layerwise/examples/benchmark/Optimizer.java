package org.layerwise.examples.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.layerwise.updater.Foof;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Updaters;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * The updaters that compete: three of DL4J's own, and all of this library's with their default settings but for the clip of
 * K-FAC and FOOF, which follows the loss. Scion runs without the ball's constraint, which would need weight decay.
 */
public final class Optimizer {
    /**
     * Learning rates in the middle of the grids.
     *
     * @param pixels for the autoencoders' loss
     * @param classes for the classifiers'
     */
    private record Centres(double pixels, double classes) {}

    /** Found by coarser runs, which saves points of the grid; others have their default rate in the middle. */
    private static final Map<String, Centres> CENTRES = Map.of(
            "kfac", new Centres(.1, .03),
            "foof", new Centres(.03, .03),
            "soap", new Centres(3e-3, 3e-3),
            "shampoo", new Centres(3e-3, 1e-3),
            "muon", new Centres(.02, .02),
            "scion", new Centres(3e-3, 3e-3),
            "psgd", new Centres(3e-3, 3e-3));

    private static final Map<String, String> LABELS =
            Map.of("kfac", "K-FAC", "foof", "FOOF", "soap", "SOAP", "psgd", "PSGD");

    private static final List<Optimizer> ALL = new ArrayList<>();

    /** Adam of DL4J. */
    public static final Optimizer ADAM = add("adam", "Adam", new Centres(3e-3, 1e-3), (rate, loss) -> new Adam(rate));

    /** Nesterov momentum of DL4J. */
    public static final Optimizer NESTEROVS;

    static {
        add("amsgrad", "AMSGrad", new Centres(3e-3, 1e-3), (rate, loss) -> new AMSGrad(rate));
        NESTEROVS = add(
                "nesterovs",
                "Nesterov momentum 0.9",
                new Centres(1e-2, 1e-1),
                (rate, loss) -> new Nesterovs(rate, 0.9));
        Updaters.all().forEach(Optimizer::add);
    }

    /** K-FAC. */
    public static final Optimizer KFAC = of("kfac");

    /** SOAP. */
    public static final Optimizer SOAP = of("soap");

    private final String id;
    private final String label;
    private final Centres centres;
    private final BiFunction<Double, Loss, IUpdater> factory;

    private Optimizer(String id, String label, Centres centres, BiFunction<Double, Loss, IUpdater> factory) {
        this.id = id;
        this.label = label;
        this.centres = centres;
        this.factory = factory;
    }

    private static Optimizer add(String id, String label, Centres centres, BiFunction<Double, Loss, IUpdater> factory) {
        Optimizer optimizer = new Optimizer(id, label, centres, factory);
        ALL.add(optimizer);
        return optimizer;
    }

    private static void add(Updaters.Entry entry) {
        double rate = entry.updater().getLearningRate(0, 0);
        add(
                entry.name(),
                LABELS.getOrDefault(entry.name(), entry.updater().getClass().getSimpleName()),
                CENTRES.getOrDefault(entry.name(), new Centres(rate, rate)),
                (learningRate, loss) -> configure(entry, learningRate, loss));
    }

    private static IUpdater configure(Updaters.Entry entry, double rate, Loss loss) {
        LayerwiseUpdater.Builder<?> builder = entry.builder().learningRate(rate);
        if (builder instanceof Kfac.Builder kfac) {
            kfac.klClip(loss.klClip());
        } else if (builder instanceof Foof.Builder foof) {
            foof.klClip(loss.klClip());
        }
        return builder.build();
    }

    /** All of them, in the order of reports. */
    public static List<Optimizer> all() {
        return List.copyOf(ALL);
    }

    /** Name in files and of its colour. */
    String id() {
        return id;
    }

    /** The id, also for the command line's help. */
    @Override
    public String toString() {
        return id;
    }

    /** Name in the report. */
    String label() {
        return label;
    }

    /** Learning rate in the middle of the grid. */
    double centre(Loss loss) {
        return loss == Loss.PIXELS ? centres.pixels : centres.classes;
    }

    /** Its configuration for a network. */
    IUpdater updater(double rate, Loss loss) {
        return factory.apply(rate, loss);
    }

    /** Whether it is this library's. */
    boolean layerwise() {
        return updater(1, Loss.CLASSES) instanceof LayerwiseUpdater;
    }

    /** The one with this id; the error lists all. */
    public static Optimizer of(String id) {
        return ALL.stream()
                .filter(optimizer -> optimizer.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Optimizer '" + id + "' is none of " + ALL));
    }
}
