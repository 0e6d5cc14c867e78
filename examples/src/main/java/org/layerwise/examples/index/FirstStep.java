package org.layerwise.examples.index;

import java.util.Arrays;
import org.layerwise.Attachment;
import org.layerwise.Layerwise;
import org.layerwise.examples.step.SameBatchKfac;
import org.layerwise.settings.Grafting;
import org.layerwise.settings.InverseRoot;
import org.layerwise.settings.Period;
import org.layerwise.settings.PolarIteration;
import org.layerwise.settings.Sides;
import org.layerwise.updater.Kfac;
import org.layerwise.updater.LayerwiseUpdater;
import org.layerwise.updater.Muon;
import org.layerwise.updater.Shampoo;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/** Methods for the one step of the first layer. */
public enum FirstStep {
    /** {@code -grad G}. */
    SGD("sgd", "SGD") {
        @Override
        public INDArray update(Student.Start start, Examples examples, double damping) {
            return moved(start, examples, new Sgd(Student.LOSS_SCALE));
        }
    },

    /** {@code -grad G (X^T X / n + lambda I)^-1}: {@link Kfac} with the input side alone, curvature of the same batch. */
    KFAC("kfac", "KFAC") {
        @Override
        public INDArray update(Student.Start start, Examples examples, double damping) {
            return attached(start, examples, SameBatchKfac.updater(Sides.INPUT, Student.LOSS_SCALE, damping));
        }
    },

    /** First step of Adam, which is the sign of the gradient whatever the scale of the output. */
    ADAM("adam", "Adam") {
        @Override
        public INDArray update(Student.Start start, Examples examples, double damping) {
            return moved(
                    start,
                    examples,
                    new Adam(1, Adam.DEFAULT_ADAM_BETA1_MEAN_DECAY, Adam.DEFAULT_ADAM_BETA2_VAR_DECAY, EPSILON));
        }
    },

    /** First step of Muon, the polar factor of the gradient: all its singular values are equal. */
    MUON("muon", "Muon") {
        @Override
        public INDArray update(Student.Start start, Examples examples, double damping) {
            Muon updater = Muon.builder()
                    .learningRate(1)
                    .momentum(0)
                    .scaling(Muon.Scaling.NONE)
                    .orthogonalization(PolarIteration.polarExpress(POLAR_STEPS))
                    .epsilon(0)
                    .build();
            return attached(start, examples, updater);
        }
    },

    /** First step of Shampoo with accumulated statistics and no graft: again the polar factor, by inverse roots. */
    SHAMPOO("shampoo", "Shampoo") {
        @Override
        public INDArray update(Student.Start start, Examples examples, double damping) {
            Shampoo updater = Shampoo.builder()
                    .learningRate(1)
                    .momentum(0)
                    .factorDecay(1)
                    .grafting(Grafting.none())
                    .root(InverseRoot.pseudoInverse(0))
                    .withoutBlocks()
                    .startStep(1)
                    .statistics(Period.every(1))
                    .refresh(Period.every(1))
                    .build();
            return attached(start, examples, updater);
        }
    },

    /** {@code -grad G diag(E[x_i^2] + lambda)^-1}: the diagonal of KFAC's factor. No updater; it acts from outside. */
    DIAGONAL("diagonal", "Diagonal inputs") {
        @Override
        public INDArray update(Student.Start start, Examples examples, double damping) {
            INDArray gradient = Student.create(start, new Sgd(0)).gradient(examples);
            INDArray moments = examples.inputs().mul(examples.inputs()).mean(0).addi(damping);
            return gradient.neg().diviRowVector(moments);
        }
    };

    /** Of Adam; its default of 1e-8 is not small against the gradients of a head with entries of order 1/dh. */
    private static final double EPSILON = 1e-16;

    /** Enough for singular values from 1e-3 of the largest on. */
    private static final int POLAR_STEPS = 8;

    private final String id;
    private final String label;

    FirstStep(String id, String label) {
        this.id = id;
        this.label = label;
    }

    /** Name in files. */
    public String id() {
        return id;
    }

    /** Name in figures and text. */
    public String label() {
        return label;
    }

    /**
     * The method with this id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static FirstStep of(String id) {
        return Arrays.stream(values())
                .filter(method -> method.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No first step is named '" + id + "'"));
    }

    /**
     * {@code G1 - G0} of one step with rate 1 in the units of {@code 1/2 E(f - y)^2}, [dh, dX].
     *
     * @param damping lambda_G, at least 0; ignored by the methods without
     */
    public abstract INDArray update(Student.Start start, Examples examples, double damping);

    private static INDArray attached(Student.Start start, Examples examples, LayerwiseUpdater<?> updater) {
        Student student = Student.create(start, updater);
        try (Attachment attachment = Layerwise.attach(student.model())) {
            student.fit(examples);
        }
        return student.features().sub(start.features());
    }

    private static INDArray moved(Student.Start start, Examples examples, IUpdater updater) {
        Student student = Student.create(start, updater);
        student.fit(examples);
        return student.features().sub(start.features());
    }
}
