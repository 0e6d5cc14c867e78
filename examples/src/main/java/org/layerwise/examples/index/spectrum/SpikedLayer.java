package org.layerwise.examples.index.spectrum;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.layerwise.examples.index.Examples;
import org.layerwise.examples.index.FirstStep;
import org.layerwise.examples.index.IndexTask;
import org.layerwise.examples.index.Student;
import org.layerwise.examples.numeric.RightSingular;
import org.layerwise.examples.numeric.SquaredCosine;
import org.layerwise.internal.linalg.Cholesky;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The first layer after one step. With an output near zero the step is {@code eta c1 a betahat^T} and a small remainder;
 * eta is chosen so that this spike has a given strength {@code theta = eta c1 |a| |betahat|}.
 */
final class SpikedLayer {
    /** {@code c1 = E[sigma'(g)]} of the ReLU. */
    static final double MEAN_SLOPE = .5;

    /** Factor of the head that makes the output before the step negligible; the strength of the spike is set anyway. */
    static final double HEAD_SCALE = .01;

    private static final long SAMPLE = 0x51A6E4L;

    private final SpectrumSettings settings;
    private final long seed;
    private final IndexTask task;
    private final Student.Start start;

    private SpikedLayer(SpectrumSettings settings, long seed) {
        this.settings = settings;
        this.seed = seed;
        this.task = IndexTask.random(
                settings.inputs(),
                settings.kappa(),
                IndexTask.Orientation.ROTATED,
                settings.teacher(),
                settings.noise(),
                seed);
        Student.Start random = Student.Start.random(settings.hidden(), settings.inputs(), seed);
        this.start = new Student.Start(random.features(), random.head().mul(HEAD_SCALE));
    }

    /**
     * Singular values of every method at every strength: all of them at the strength that is shown, the largest at the
     * others.
     */
    static List<SingularDirection> run(SpectrumSettings settings, long seed) {
        SpikedLayer layer = new SpikedLayer(settings, seed);
        List<SingularDirection> directions = new ArrayList<>();
        try (Examples examples = layer.task.sample(settings.examples(), new SplittableRandom(seed ^ (SAMPLE << 32)))) {
            for (FirstStep method : SpectrumSettings.METHODS) {
                directions.addAll(layer.directions(method, examples));
            }
        }
        return directions;
    }

    /**
     * betahat, [dX]: {@code X^T y / n} of SGD, the ridge estimator {@code (X^T X / n + lambda I)^-1 X^T y / n} of KFAC.
     */
    static INDArray estimate(FirstStep method, Examples examples, double damping) {
        INDArray transposed = examples.inputs().transpose();
        INDArray moment = transposed.mmul(examples.labels()).divi(examples.size());
        if (method == FirstStep.KFAC) {
            INDArray second = transposed.mmul(examples.inputs()).divi(examples.size());
            second.addi(Nd4j.eye(second.rows()).castTo(second.dataType()).muli(damping));
            moment = Cholesky.factor(second).solve(moment);
        }
        return moment.reshape(moment.length());
    }

    private List<SingularDirection> directions(FirstStep method, Examples examples) {
        INDArray update = method.update(start, examples, settings.damping());
        INDArray estimate = estimate(method, examples, settings.damping());
        double unit = MEAN_SLOPE
                * start.head().norm2Number().doubleValue()
                * estimate.norm2Number().doubleValue();
        double spike = SquaredCosine.of(estimate, task.direction());
        List<SingularDirection> directions = new ArrayList<>();
        for (double theta : settings.strengths()) {
            try (INDArray features = update.mul(theta / unit).addi(start.features())) {
                RightSingular singular = RightSingular.of(features);
                double[] withSpike = singular.alignments(estimate);
                double[] withIndex = singular.alignments(task.direction());
                int count = theta == settings.shown() ? singular.count() : 1;
                for (int rank = 0; rank < count; rank++) {
                    directions.add(new SingularDirection(
                            seed,
                            method.id(),
                            theta,
                            rank,
                            singular.value(rank),
                            withSpike[rank],
                            withIndex[rank],
                            spike));
                }
            }
        }
        return directions;
    }
}
