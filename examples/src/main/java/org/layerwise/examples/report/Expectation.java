package org.layerwise.examples.report;

import org.layerwise.examples.numeric.Estimate;

/** What a claim expects of the measured number, and how it is judged. */
public sealed interface Expectation {
    /** The verdict on {@code measured}. */
    Verdict judge(Estimate measured);

    /** In words, for the report. */
    String text();

    /**
     * A predicted value. Reproduced if prediction and measurement differ by no more than {@code tolerance} beyond the
     * confidence interval; mild within twice that; inconclusive if the interval is wider than twice the tolerance.
     *
     * @param value the prediction
     * @param tolerance known error of the prediction (finite size, linearisation), positive
     */
    record Near(double value, double tolerance) implements Expectation {
        /** Checks the tolerance. */
        public Near {
            if (!(tolerance > 0)) {
                throw new IllegalArgumentException("Tolerance " + tolerance + ": must be positive");
            }
        }

        @Override
        public Verdict judge(Estimate measured) {
            double half = measured.halfWidth();
            if (!(half <= 2 * tolerance)) {
                return Verdict.INCONCLUSIVE;
            }
            double distance = Math.abs(measured.value() - value);
            if (distance <= tolerance + half) {
                return Verdict.REPRODUCED;
            }
            return distance <= 2 * (tolerance + half) ? Verdict.MILD : Verdict.NOT_REPRODUCED;
        }

        @Override
        public String text() {
            return Numbers.brief(value) + " ± " + Numbers.brief(tolerance);
        }
    }

    /**
     * A lower bound. Reproduced if the estimate reaches {@code strong} and its interval stays above {@code mild}; mild
     * if the estimate reaches {@code mild}.
     *
     * @param strong what the claim says
     * @param mild the least that still points in its direction, at most {@code strong}
     */
    record AtLeast(double strong, double mild) implements Expectation {
        /** Checks the order. */
        public AtLeast {
            requireOrder(mild, strong);
        }

        @Override
        public Verdict judge(Estimate measured) {
            if (measured.value() >= strong && measured.low() >= mild) {
                return Verdict.REPRODUCED;
            }
            return measured.value() >= mild ? Verdict.MILD : Verdict.NOT_REPRODUCED;
        }

        @Override
        public String text() {
            return "at least " + Numbers.brief(strong) + " (mild from " + Numbers.brief(mild) + ")";
        }
    }

    /**
     * An upper bound, the mirror image of {@link AtLeast}.
     *
     * @param strong what the claim says
     * @param mild the most that still points in its direction, at least {@code strong}
     */
    record AtMost(double strong, double mild) implements Expectation {
        /** Checks the order. */
        public AtMost {
            requireOrder(strong, mild);
        }

        @Override
        public Verdict judge(Estimate measured) {
            if (measured.value() <= strong && measured.high() <= mild) {
                return Verdict.REPRODUCED;
            }
            return measured.value() <= mild ? Verdict.MILD : Verdict.NOT_REPRODUCED;
        }

        @Override
        public String text() {
            return "at most " + Numbers.brief(strong) + " (mild up to " + Numbers.brief(mild) + ")";
        }
    }

    private static void requireOrder(double smaller, double larger) {
        if (!(smaller <= larger)) {
            throw new IllegalArgumentException(
                    "Bounds " + smaller + " and " + larger + ": the first must not exceed the second");
        }
    }
}
