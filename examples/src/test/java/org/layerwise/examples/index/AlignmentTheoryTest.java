package org.layerwise.examples.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.layerwise.examples.index.IndexTask.Orientation;
import org.layerwise.examples.numeric.Covariance;
import org.layerwise.examples.numeric.Draws;

class AlignmentTheoryTest {
    private static final double NOISE = .3;
    private static final int INPUTS = 300;

    /** Rounding of sums over the eigenvalues. */
    private static final double ROUNDING = 1e-10;

    /** Golden values by bisection and a trapezoidal rule in NumPy; they print four digits. */
    @ParameterizedTest
    @CsvSource({
        "1,   600,  TANH, .6024, .6024, .7884, .7884",
        "100, 600,  TANH, .3315, .6248, .6142, .8533",
        "100, 600,  RELU, .2828, .5491, .3144, .6093",
        "100, 150,  TANH, .2001, .4097, .2606, .5035",
        "100, 2400, TANH, .3966, .7192, .8387, .9585"
    })
    void alignment_isotropicIndex_hasTheReferenceValues(
            double kappa, int n, Teacher teacher, double sgd, double sgdSigma, double kfac, double kfacSigma) {
        AlignmentTheory theory = isotropic(kappa, teacher);
        assertThat(theory.sgd(n).identity()).isCloseTo(sgd, within(5e-5));
        assertThat(theory.sgd(n).covariance()).isCloseTo(sgdSigma, within(5e-5));
        assertThat(theory.kfac(n, .1).identity()).isCloseTo(kfac, within(5e-5));
        assertThat(theory.kfac(n, .1).covariance()).isCloseTo(kfacSigma, within(5e-5));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 10, 1000})
    void sgd_isotropicIndex_equalsTheFormulaInMoments(double kappa) {
        double[] s = spectrum(kappa);
        double m2 = Arrays.stream(s).map(v -> v * v).sum() / INPUTS;
        AlignmentTheory theory = isotropic(kappa, Teacher.RELU);
        double square = theory.coefficient() * theory.coefficient();
        double phi = .5;
        assertThat(theory.sgd(INPUTS / phi).identity())
                .isCloseTo(square / (square * (m2 + phi) + phi * theory.residual()), within(ROUNDING));
        assertThat(theory.sgd(Double.POSITIVE_INFINITY).identity()).isCloseTo(1 / m2, within(ROUNDING));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 100, 1000})
    void kfac_withoutDamping_isConditionFreeInTheMetricSigma(double kappa) {
        AlignmentTheory theory = isotropic(kappa, Teacher.TANH);
        double square = theory.coefficient() * theory.coefficient();
        double inverse = Arrays.stream(spectrum(kappa)).map(v -> 1 / v).sum() / INPUTS;
        double noise = theory.residual() * .5 / .5;
        Alignment alignment = theory.kfac(2 * INPUTS, 0);
        assertThat(alignment.covariance()).isCloseTo(square / (square + noise), within(ROUNDING));
        assertThat(alignment.identity()).isCloseTo(square / (square + noise * inverse), within(ROUNDING));
    }

    @ParameterizedTest
    @ValueSource(doubles = {.5, 1, 8})
    void kfac_infiniteDamping_isSgd(double ratio) {
        AlignmentTheory theory = AlignmentTheory.of(task(100));
        Alignment limit = theory.kfac(ratio * 40, 1e9);
        assertThat(limit.identity()).isCloseTo(theory.sgd(ratio * 40).identity(), within(1e-7));
        assertThat(limit.covariance()).isCloseTo(theory.sgd(ratio * 40).covariance(), within(1e-7));
    }

    @Test
    void kfac_infiniteData_isUnbiased() {
        Alignment alignment = isotropic(1000, Teacher.RELU).kfac(1e12, 1e-9);
        assertThat(alignment.identity()).isCloseTo(1, within(1e-6));
        assertThat(alignment.covariance()).isCloseTo(1, within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"150, TANH, .640", "600, TANH, .160", "2400, TANH, .040", "600, RELU, .680", "2400, RELU, .170"})
    void optimalDamping_hasTheReferenceValuesAndMaximisesBothAlignments(int n, Teacher teacher, double expected) {
        AlignmentTheory theory = isotropic(100, teacher);
        double optimum = theory.optimalDamping(n);
        assertThat(optimum).isCloseTo(expected, within(5e-4));
        for (ToDoubleFunction<Alignment> metric :
                Arrays.<ToDoubleFunction<Alignment>>asList(Alignment::identity, Alignment::covariance)) {
            double best = metric.applyAsDouble(theory.kfac(n, optimum));
            assertThat(best).isGreaterThan(metric.applyAsDouble(theory.kfac(n, 1.05 * optimum)));
            assertThat(best).isGreaterThan(metric.applyAsDouble(theory.kfac(n, optimum / 1.05)));
            assertThat(best).isGreaterThan(metric.applyAsDouble(theory.sgd(n)));
        }
    }

    @ParameterizedTest
    @CsvSource({"150, 0", "150, 1e-12", "300, 1e-12", "301, 1e-12", "600, 1e-6", "600, 10", "1, 1e-3", "600, 1e12"})
    void effectiveDamping_solvesItsEquation(double n, double damping) {
        double[] s = spectrum(1000);
        double k = isotropic(1000, Teacher.TANH).effectiveDamping(n, damping);
        double trace = Arrays.stream(s).map(v -> v / (v + k)).sum();
        assertThat(k).isPositive();
        assertThat(damping + k / n * trace).isCloseTo(k, within(1e-9 * k));
    }

    @Test
    void effectiveDamping_enoughDataWithoutDamping_isZero() {
        assertThat(isotropic(10, Teacher.TANH).effectiveDamping(301, 0)).isZero();
    }

    @Test
    void effectiveDamping_impossible_isRefused() {
        AlignmentTheory theory = isotropic(10, Teacher.TANH);
        assertThatThrownBy(() -> theory.kfac(600, -1)).hasMessageContaining("damping is -1.0");
        assertThatThrownBy(() -> theory.kfac(600, Double.NaN)).hasMessageContaining("damping is NaN");
        assertThatThrownBy(() -> theory.kfac(300, 0)).hasMessageContaining("300.0 examples of 300 inputs");
        assertThatThrownBy(() -> theory.sgd(0)).hasMessageContaining("examples is 0.0: must be > 0");
    }

    /** A task's theory sees its own direction: along the largest eigenvalue SGD is unbiased. */
    @Test
    void theory_ofAnEigenvector_hasNoBias() {
        IndexTask task = task(100);
        IndexTask along =
                new IndexTask(task.covariance().rotation().getColumn(0).dup(), task.covariance(), Teacher.TANH, NOISE);
        assertThat(AlignmentTheory.of(along).sgd(1e12).identity()).isCloseTo(1, within(1e-6));
        assertThat(AlignmentTheory.of(task).sgd(1e12).identity()).isLessThan(.9);
    }

    @Test
    void tau_equalsTheQuadraticForm() {
        IndexTask task = task(100);
        double[] beta = Draws.values(task.direction());
        double[] sigma = Draws.values(task.covariance().matrix());
        double form = 0;
        for (int i = 0; i < beta.length; i++) {
            for (int j = 0; j < beta.length; j++) {
                form += beta[i] * sigma[i * beta.length + j] * beta[j];
            }
        }
        assertThat(task.tau() * task.tau()).isCloseTo(form, within(ROUNDING));
    }

    private static IndexTask task(double kappa) {
        return IndexTask.random(40, kappa, Orientation.ROTATED, Teacher.TANH, NOISE, 3);
    }

    private static AlignmentTheory isotropic(double kappa, Teacher teacher) {
        return AlignmentTheory.isotropic(spectrum(kappa), teacher, NOISE);
    }

    private static double[] spectrum(double kappa) {
        return Draws.values(Covariance.axisAligned(INPUTS, kappa).eigenvalues());
    }
}
