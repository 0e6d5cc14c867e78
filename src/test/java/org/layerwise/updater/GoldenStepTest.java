package org.layerwise.updater;

import static org.layerwise.testing.ArrayAssert.assertThatArray;

import org.junit.jupiter.api.Test;
import org.layerwise.internal.curvature.OutputModels;
import org.layerwise.internal.layout.ParameterLayout;
import org.layerwise.settings.Damping;
import org.layerwise.settings.Period;
import org.layerwise.testing.Loops;
import org.layerwise.testing.Tolerance;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Steps of a dense softmax layer with two inputs, three classes and two examples, against numbers that numpy computed
 * from the definitions. Matrices are printed in [out, in + bias] orientation, as in the literature.
 */
class GoldenStepTest {
    private static final double[][] X = {{1, 2}, {-1, 0.5}};
    private static final double[][] P = {
        {0.1692216168, 0.5906414783, 0.2401369049}, {0.2204129219, 0.2096632569, 0.5699238212}
    };
    private static final int[] CLASSES = {1, 2};
    private static final double[][] D = {
        {-0.0255956526, 0.2243248472, 0.1948172693},
        {-0.3095108893, -0.3569427074, -0.0998476324},
        {0.3351065418, 0.1326178602, -0.0949696369}
    };
    private static final ParameterLayout LAYOUT = FedLayer.layout("softmax", 2, 3);
    private static final double LAMBDA = 0.1;

    private static Kfac.Builder settings() {
        return Kfac.builder()
                .learningRate(1)
                .momentum(0)
                .movingAverage(0)
                .damping(Damping.factored(LAMBDA))
                .withoutKlClip()
                .statistics(Period.every(1))
                .refresh(Period.every(100));
    }

    private static FedLayer layer(LayerwiseUpdater<KroneckerSettings> updater) {
        return FedLayer.start(updater, LAYOUT, DataType.DOUBLE);
    }

    private static double[][] empiricalGradients() {
        double[][] g = {P[0].clone(), P[1].clone()};
        g[0][CLASSES[0]] -= 1;
        g[1][CLASSES[1]] -= 1;
        return g;
    }

    /** The generalised Gauss-Newton factor: one column of the Hessian's root after the other. */
    private static void observeExactly(FedLayer layer) {
        layer.begin(2);
        layer.statistics.addInput(Loops.array(X, DataType.DOUBLE, 'c'), 0.5);
        for (int c = 0; c < 3; c++) {
            INDArray column = OutputModels.SOFTMAX.column(Loops.array(P, DataType.DOUBLE, 'c'), c);
            layer.statistics.addOutput(column, 0.5);
        }
    }

    /** The mean gradient in DL4J's flat order. */
    private static INDArray flatGradient() {
        double[][] flat = new double[1][9];
        for (int out = 0; out < 3; out++) {
            flat[0][2 * out] = D[out][0];
            flat[0][2 * out + 1] = D[out][1];
            flat[0][6 + out] = D[out][2];
        }
        return Loops.array(flat, DataType.DOUBLE, 'c');
    }

    private static double[][] step(FedLayer layer) {
        INDArray flat = flatGradient();
        layer.take(flat);
        double[][] v = new double[3][3];
        for (int out = 0; out < 3; out++) {
            v[out][0] = flat.getDouble(2L * out);
            v[out][1] = flat.getDouble(2L * out + 1);
            v[out][2] = flat.getDouble(6L + out);
        }
        return v;
    }

    private static final double[][] V_FACTORED = {
        {-0.0951068820, 0.1642137494, 0.1884351287},
        {-0.2775565219, -0.2195228817, -0.0090843922},
        {0.3726634039, 0.0553091324, -0.1793507365}
    };

    @Test
    void kfac_factoredDamping_isGolden() {
        FedLayer layer = layer(settings().build());
        observeExactly(layer);

        assertThatArray(step(layer)).isCloseTo(V_FACTORED, Tolerance.PRINTED);
    }

    @Test
    void kfac_klClip_isGolden() {
        FedLayer layer = layer(settings().learningRate(0.5).klClip(1e-3).build());
        observeExactly(layer);

        assertThatArray(step(layer)).isCloseTo(Loops.scaled(0.5 * 0.10122169454645207, V_FACTORED), Tolerance.PRINTED);
    }

    @Test
    void kfac_exactDamping_isGolden() {
        FedLayer layer = layer(settings().damping(Damping.exact(LAMBDA)).build());
        observeExactly(layer);

        assertThatArray(step(layer))
                .isCloseTo(
                        new double[][] {
                            {-0.1993890454, 0.2777159209, 0.3418061640},
                            {-0.5084908254, -0.3553779642, 0.0207921239},
                            {0.7078798708, 0.0776620433, -0.3625982879}
                        },
                        Tolerance.PRINTED);
    }

    @Test
    void kfac_empiricalFisher_isGolden() {
        FedLayer layer = layer(settings().build());
        layer.observe(X, empiricalGradients());

        assertThatArray(new double[][] {step(layer)[0]})
                .isCloseTo(new double[][] {{-0.1584713291, 0.3951160431, 0.4111756319}}, Tolerance.PRINTED);
    }

    @Test
    void ekfac_exactBasisAndEmpiricalScales_isGolden() {
        FedLayer layer = layer(settings()
                .damping(Damping.exact(LAMBDA))
                .eigenvalueCorrected(true)
                .build());
        observeExactly(layer);
        step(layer); // the basis
        layer.observe(X, empiricalGradients()); // the scales

        assertThatArray(step(layer))
                .isCloseTo(
                        new double[][] {
                            {-0.3084959577, 0.8317226016, 0.8504756559},
                            {-0.6930553612, -0.7962384204, -0.2211575195},
                            {1.0015513189, -0.0354841812, -0.6293181363}
                        },
                        10 * Tolerance.PRINTED);
    }

    @Test
    void foof_anyLoss_isGolden() {
        FedLayer layer = layer(Foof.builder()
                .learningRate(1)
                .momentum(0)
                .damping(LAMBDA)
                .withoutKlClip()
                .build());
        layer.observe(X, empiricalGradients());

        assertThatArray(new double[][] {step(layer)[0]})
                .isCloseTo(new double[][] {{-0.0706947470, 0.0695580922, 0.0980633219}}, Tolerance.PRINTED);
    }
}
