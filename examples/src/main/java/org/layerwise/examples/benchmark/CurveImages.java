package org.layerwise.examples.benchmark;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images of one stroke each, after the CURVES data of Hinton and Salakhutdinov (2006): a quadratic Bezier curve through
 * a 28 x 28 canvas, blurred. Three points make an image, so six numbers describe it. A pixel at distance d of the
 * stroke has the value exp(-d^2 / 2 w^2).
 */
final class CurveImages {
    /** Pixels along a side. */
    static final int SIDE = 28;

    /** Pixels of an image. */
    static final int PIXELS = SIDE * SIDE;

    /** Width w of the blur, in pixels. */
    private static final double BLUR = 1;

    /** Pixels between a control point and the border. */
    private static final double BORDER = 3;

    /** Dots that make a stroke: closer to each other than the blur on the longest stroke. */
    private static final int DOTS = 64;

    /** Beyond so many pixels a dot leaves nothing: exp(-8). */
    private static final int REACH = 4;

    private CurveImages() {}

    /** Images [count, 784] in [0, 1]; the same ones for the same seed, and a longer list begins with the shorter. */
    static INDArray draw(int count, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        float[][] images = new float[count][];
        for (int i = 0; i < count; i++) {
            images[i] = image(random);
        }
        return Nd4j.createFromArray(images);
    }

    private static float[] image(RandomGenerator random) {
        double[] x = new double[3];
        double[] y = new double[3];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextDouble(BORDER, SIDE - BORDER);
            y[i] = random.nextDouble(BORDER, SIDE - BORDER);
        }
        float[] pixels = new float[PIXELS];
        for (int dot = 0; dot < DOTS; dot++) {
            double t = dot / (DOTS - 1.0);
            paint(pixels, bezier(x, t), bezier(y, t));
        }
        return pixels;
    }

    private static double bezier(double[] control, double t) {
        return (1 - t) * (1 - t) * control[0] + 2 * t * (1 - t) * control[1] + t * t * control[2];
    }

    /** Brightens the pixels around a dot; the nearest dot decides. */
    private static void paint(float[] pixels, double x, double y) {
        for (int row = Math.max(0, (int) y - REACH); row <= Math.min(SIDE - 1, (int) y + REACH); row++) {
            for (int column = Math.max(0, (int) x - REACH); column <= Math.min(SIDE - 1, (int) x + REACH); column++) {
                double squared = (row - y) * (row - y) + (column - x) * (column - x);
                int pixel = row * SIDE + column;
                pixels[pixel] = Math.max(pixels[pixel], (float) Math.exp(-squared / (2 * BLUR * BLUR)));
            }
        }
    }
}
