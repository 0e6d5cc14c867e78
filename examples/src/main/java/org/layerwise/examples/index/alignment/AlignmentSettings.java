package org.layerwise.examples.index.alignment;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.layerwise.examples.index.AlignmentTheory;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.index.Teacher;
import org.layerwise.examples.run.Preset;

/**
 * What is swept. The presets are choices of this project; the settings behind the figures of arXiv 2502.01763 are not
 * known.
 *
 * @param sizes of the student and the noise
 * @param ratios n/dX of the sweep over the amount of data, increasing
 * @param kappas condition numbers of the sweep over the anisotropy, increasing
 * @param dampings lambda_G of the sweep over the damping, increasing
 * @param seeds tasks per situation
 * @param firstSeed of the tasks; the others follow
 */
record AlignmentSettings(
        Sizes sizes, List<Double> ratios, List<Double> kappas, List<Double> dampings, int seeds, long firstSeed) {
    /** Condition number outside its own sweep. */
    static final double KAPPA = 100;

    /** n/dX outside its own sweep. */
    static final double RATIO = 2;

    /** Damping of a user who does not tune it: the one of the reference tables. */
    static final double DAMPING = .1;

    /** Small enough for the limit of no damping: 1e-4 of the smallest eigenvalue at condition number 1000. */
    static final double UNDAMPED = 1e-6;

    /**
     * Sizes.
     *
     * @param inputs dX
     * @param hidden dh, a multiple of 4
     * @param noise standard deviation of the label noise
     */
    record Sizes(int inputs, int hidden, double noise) {
        /** Those of the reference tables. */
        static final Sizes REFERENCE = new Sizes(300, 400, .3);
    }

    /** Checks the ranges. */
    AlignmentSettings {
        ratios = List.copyOf(ratios);
        kappas = List.copyOf(kappas);
        dampings = List.copyOf(dampings);
        require(seeds >= 1 && seeds <= 1000, "seeds", seeds, "in [1, 1000]");
        require(ratios.contains(RATIO) && ratios.stream().allMatch(r -> r > 0), "ratios", ratios, "> 0, with 2");
        require(kappas.contains(KAPPA) && kappas.stream().allMatch(k -> k >= 1), "kappas", kappas, ">= 1, with 100");
        require(!dampings.isEmpty() && dampings.stream().allMatch(d -> d > 0), "dampings", dampings, "> 0");
    }

    /** The settings of a preset. */
    static AlignmentSettings of(Preset preset) {
        List<Double> ratios = List.of(.5, 1.0, 2.0, 4.0, 8.0);
        List<Double> kappas = List.of(1.0, 10.0, 100.0, 1000.0);
        return switch (preset) {
            case SMALL ->
                new AlignmentSettings(new Sizes(60, 80, .3), List.of(2.0, 8.0), List.of(1.0, 100.0), grid(1), 8, 1);
            case QUICK -> new AlignmentSettings(Sizes.REFERENCE, ratios, kappas, grid(2), 8, 1);
            case FULL -> new AlignmentSettings(Sizes.REFERENCE, ratios, kappas, grid(4), 40, 1);
        };
    }

    /** Dampings from 1e-3 to 10, {@code perDecade} to a decade. */
    private static List<Double> grid(int perDecade) {
        List<Double> values = new ArrayList<>();
        for (int i = -3 * perDecade; i <= perDecade; i++) {
            values.add(Math.pow(10, (double) i / perDecade));
        }
        return values;
    }

    /** These settings with another number of seeds. */
    AlignmentSettings withSeeds(int value) {
        return new AlignmentSettings(sizes, ratios, kappas, dampings, value, firstSeed);
    }

    /** All points of the three sweeps and of the comparison of all methods. */
    Set<Situation> situations() {
        Set<Situation> situations = new LinkedHashSet<>();
        for (Teacher teacher : Teacher.values()) {
            ratios.forEach(ratio -> situations.add(Situation.rotated(teacher, KAPPA, ratio)));
            kappas.forEach(kappa -> situations.add(Situation.rotated(teacher, kappa, RATIO)));
        }
        situations.add(mostData(smallestKappa()));
        situations.add(mostData(largestKappa()));
        situations.add(comparison(Orientation.ROTATED));
        situations.add(comparison(Orientation.AXIS_ALIGNED));
        return situations;
    }

    /** Where every method runs: most data. */
    Situation comparison(Orientation orientation) {
        return new Situation(Teacher.TANH, KAPPA, mostData(), orientation);
    }

    /** Where the damping is swept. */
    static Situation base(Teacher teacher) {
        return Situation.rotated(teacher, KAPPA, RATIO);
    }

    /** The tanh teacher with most data at condition number {@code kappa}. */
    Situation mostData(double kappa) {
        return Situation.rotated(Teacher.TANH, kappa, mostData());
    }

    /** Smallest condition number. */
    double smallestKappa() {
        return kappas.get(0);
    }

    /** Largest condition number. */
    double largestKappa() {
        return kappas.get(kappas.size() - 1);
    }

    /** Largest n/dX. */
    double mostData() {
        return ratios.get(ratios.size() - 1);
    }

    /** Those that run in {@code situation}. */
    Set<Contender> contenders(Situation situation) {
        Set<Contender> contenders = new LinkedHashSet<>();
        contenders.add(sgd());
        contenders.add(kfac(UNDAMPED));
        contenders.add(kfac(DAMPING));
        contenders.add(optimal(situation));
        if (situation.equals(base(situation.teacher()))) {
            dampings.forEach(damping -> contenders.add(kfac(damping)));
        }
        if (situation.equals(comparison(situation.orientation()))) {
            contenders.addAll(others());
        }
        return contenders;
    }

    /** Those with a line in the figures over data and condition number. */
    List<Contender> lines(Situation situation) {
        return List.of(sgd(), optimal(situation), kfac(UNDAMPED));
    }

    /** The methods that precondition entry by entry or input by input. */
    static List<Contender> diagonal() {
        return List.of(new Contender(FirstStep.ADAM, 0), new Contender(FirstStep.DIAGONAL, DAMPING));
    }

    /** Methods beside SGD and KFAC. */
    static List<Contender> others() {
        List<Contender> others = new ArrayList<>();
        for (FirstStep method : FirstStep.values()) {
            switch (method) {
                case SGD, KFAC -> {}
                case DIAGONAL -> others.add(new Contender(method, DAMPING));
                default -> others.add(new Contender(method, 0));
            }
        }
        return others;
    }

    static Contender sgd() {
        return new Contender(FirstStep.SGD, 0);
    }

    static Contender kfac(double damping) {
        return new Contender(FirstStep.KFAC, damping);
    }

    /** KFAC with the damping that the theory recommends. */
    Contender optimal(Situation situation) {
        return kfac(optimalDamping(situation.teacher(), situation.ratio()));
    }

    /** {@code lambda*} for the mean over directions of the index, whose variance is 1 whatever Sigma is. */
    double optimalDamping(Teacher teacher, double ratio) {
        return AlignmentTheory.isotropic(new double[] {1}, teacher, sizes.noise())
                .optimalDamping(ratio);
    }

    private static void require(boolean valid, String name, Object value, String range) {
        if (!valid) {
            throw new IllegalArgumentException(name + " is " + value + ": must be " + range);
        }
    }
}
