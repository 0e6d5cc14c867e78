package org.layerwise.examples.index.alignment;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.layerwise.examples.index.Alignment;
import org.layerwise.examples.index.AlignmentTheory;
import org.layerwise.examples.index.Examples;
import org.layerwise.examples.index.IndexTask;
import org.layerwise.examples.index.Student;
import org.layerwise.examples.numeric.RightSingular;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One step of every contender from the same start on the same batch.
 *
 * @param sizes of the student and the noise
 * @param situation where
 * @param seed of task, start and batch; the task's direction and rotation and the student's start depend on it alone,
 *     the batch also on its size
 */
record Trial(AlignmentSettings.Sizes sizes, Situation situation, long seed) {
    List<Observation> run(Collection<Contender> contenders) {
        IndexTask task = IndexTask.random(
                sizes.inputs(), situation.kappa(), situation.orientation(), situation.teacher(), sizes.noise(), seed);
        AlignmentTheory theory = AlignmentTheory.of(task);
        Student.Start start = Student.Start.balanced(sizes.hidden(), sizes.inputs(), seed);
        int size = situation.examples(sizes.inputs());
        List<Observation> observations = new ArrayList<>();
        try (Examples examples = task.sample(size, batches(seed, size))) {
            for (Contender contender : contenders) {
                observations.add(observe(contender, task, theory, start, examples));
            }
        }
        return observations;
    }

    /**
     * The generator of a batch. Seeds must not differ by multiples of SplittableRandom's increment, the golden ratio: its
     * streams would be shifts of each other, and batches of different seeds nearly the same.
     */
    static RandomGenerator batches(long seed, int size) {
        return new SplittableRandom(seed ^ (long) size << 32);
    }

    private Observation observe(
            Contender contender, IndexTask task, AlignmentTheory theory, Student.Start start, Examples examples) {
        INDArray head = start.head().reshape(sizes.hidden(), 1);
        try (INDArray update = contender.method().update(start, examples, contender.damping());
                INDArray spike = update.transpose().mmul(head)) {
            INDArray leading = RightSingular.of(update).vector(0);
            return new Observation(
                    situation,
                    seed,
                    contender,
                    Alignment.of(leading, task),
                    Alignment.of(spike.reshape(sizes.inputs()), task),
                    contender.predict(theory, examples.size()));
        }
    }
}
