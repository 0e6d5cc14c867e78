package org.layerwise.examples.numeric;

import java.util.Arrays;
import org.hipparchus.distribution.continuous.TDistribution;
import org.hipparchus.stat.StatUtils;

/**
 * A measured number with its 95 % confidence interval.
 *
 * @param value best estimate
 * @param standardError of {@code value}; 0 if it is exact, NaN if one sample cannot tell
 * @param low lower end of the interval, at most {@code value}
 * @param high upper end of the interval, at least {@code value}
 * @param count samples behind it
 */
public record Estimate(double value, double standardError, double low, double high, int count) {
    /** Two-sided level of the intervals. */
    public static final double CONFIDENCE = .95;

    /** Normal quantile of {@link #CONFIDENCE}. */
    private static final double NORMAL = 1.959964;

    /** A number without sampling error, such as a deterministic computation. */
    public static Estimate exact(double value) {
        return new Estimate(value, 0, value, value, 1);
    }

    /**
     * Mean of independent samples with Student's interval; the interval of a single sample is all numbers.
     *
     * @throws IllegalArgumentException if there are no samples
     */
    public static Estimate mean(double... samples) {
        requireSamples(samples);
        double mean = StatUtils.mean(samples);
        int count = samples.length;
        if (count == 1) {
            return new Estimate(mean, Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 1);
        }
        double error = Math.sqrt(StatUtils.variance(samples) / count);
        double half = error * new TDistribution(count - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        return new Estimate(mean, error, mean - half, mean + half, count);
    }

    /**
     * Geometric mean of positive samples, such as ratios, with Student's interval of the logarithms.
     *
     * @throws IllegalArgumentException if there are no samples or one is not positive
     */
    public static Estimate geometricMean(double... samples) {
        requireSamples(samples);
        for (double sample : samples) {
            if (!(sample > 0)) {
                throw new IllegalArgumentException("Sample " + sample + " of a geometric mean: must be positive");
            }
        }
        Estimate logs = mean(Arrays.stream(samples).map(Math::log).toArray());
        double value = Math.exp(logs.value);
        return new Estimate(value, value * logs.standardError, Math.exp(logs.low), Math.exp(logs.high), logs.count);
    }

    /**
     * Geometric mean of the ratios of paired positive samples.
     *
     * @param denominators as many as {@code numerators}, in the same order
     * @throws IllegalArgumentException if the numbers of samples differ, are 0, or a ratio is not positive
     */
    public static Estimate ratio(double[] numerators, double[] denominators) {
        if (numerators.length != denominators.length) {
            throw new IllegalArgumentException(numerators.length + " numerators and " + denominators.length
                    + " denominators: paired samples need as many of both");
        }
        double[] ratios = new double[numerators.length];
        Arrays.setAll(ratios, i -> numerators[i] / denominators[i]);
        return geometricMean(ratios);
    }

    /**
     * Share of successes with Wilson's interval.
     *
     * @param successes in [0, trials]
     * @param trials at least 1
     */
    public static Estimate proportion(int successes, int trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(
                    successes + " successes of " + trials + " trials: need trials >= 1 and successes in [0, trials]");
        }
        double share = (double) successes / trials;
        double z2 = NORMAL * NORMAL / trials;
        double centre = (share + z2 / 2) / (1 + z2);
        double half = NORMAL / (1 + z2) * Math.sqrt(share * (1 - share) / trials + z2 / (4 * trials));
        double error = Math.sqrt(share * (1 - share) / trials);
        return new Estimate(
                share,
                error,
                Math.max(0, Math.min(share, centre - half)),
                Math.min(1, Math.max(share, centre + half)),
                trials);
    }

    /** Larger of the two arms of the interval. */
    public double halfWidth() {
        return Math.max(high - value, value - low);
    }

    private static void requireSamples(double[] samples) {
        if (samples.length == 0) {
            throw new IllegalArgumentException("No samples: an estimate needs at least one");
        }
    }
}
