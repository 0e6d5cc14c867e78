package org.layerwise.examples.linear.curves;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Measurement;
import org.layerwise.examples.linear.Method;

/**
 * Part of the experiment at its full size against the reference replication (kappa 100). The reference lists medians of
 * three tasks of its own; where a method depends on how well conditioned the head of a task is, tasks differ by more
 * than 1.5, so there the reference must lie within that factor of the range over our tasks.
 */
final class ReproductionTest {
    private static final double FACTOR = 1.5;

    private static LinearResult run(int seeds, Contender... contenders) {
        LinearSettings settings = LinearSettings.quick()
                .withKappas(List.of(100.0))
                .withSeeds(seeds)
                .withIterations(100)
                .withContenders(Arrays.asList(contenders));
        return Runs.of(settings);
    }

    private static List<Reference> references(LinearResult result, Contender contender) {
        int last = result.settings().iterations();
        return Reference.all().stream()
                .filter(r -> r.isOf(contender, 100) && r.iteration() <= last)
                .toList();
    }

    private static void assertInRange(
            LinearResult result,
            Contender contender,
            ToDoubleFunction<Reference> listed,
            ToDoubleFunction<Measurement> measure) {
        List<Reference> references = references(result, contender);
        assertThat(references).isNotEmpty();
        for (Reference reference : references) {
            double low = result.quantile(contender, 100, reference.iteration(), 0, measure);
            double high = result.quantile(contender, 100, reference.iteration(), 1, measure);
            assertThat(listed.applyAsDouble(reference))
                    .as("%s at %s", contender.label(), reference.iteration())
                    .isBetween(low / FACTOR, high * FACTOR);
        }
    }

    @Test
    void methodsWithoutTheOutputSideReachTheListedValues() {
        Contender[] contenders = {
            new Contender(Method.SGD, .01),
            new Contender(Method.AMGD, .01),
            new Contender(Method.ADAM, .01),
            new Contender(Method.RIGHT_ONLY, .01)
        };

        LinearResult result = run(3, contenders);

        for (Contender contender : contenders) {
            assertInRange(result, contender, Reference::trainLoss, Measurement::trainLoss);
            assertInRange(result, contender, Reference::subspaceDistance, Measurement::subspaceDistance);
            assertInRange(result, contender, Reference::transferLoss, Measurement::transferLoss);
        }
    }

    @Test
    void kfacReachesTheListedMedians() {
        Contender slow = new Contender(Method.KFAC, .01);
        Contender fast = new Contender(Method.KFAC, .1);

        LinearResult result = run(2, slow, fast);

        for (Contender contender : List.of(slow, fast)) {
            Reference reference = references(result, contender).get(0);
            double loss = result.quantile(contender, 100, 100, .5, Measurement::trainLoss);
            assertThat(loss / reference.trainLoss()).as(contender.label()).isBetween(1 / FACTOR, FACTOR);
            assertInRange(result, contender, Reference::subspaceDistance, Measurement::subspaceDistance);
            assertInRange(result, contender, Reference::transferLoss, Measurement::transferLoss);
        }
        FloorCheck check = FloorCheck.of(result.of(fast, 100));
        assertThat(check.contraction()).isBetween(.895, .905);
        assertThat(check.floor() / check.predictedFloor()).isBetween(.95, 1.05);
    }
}
