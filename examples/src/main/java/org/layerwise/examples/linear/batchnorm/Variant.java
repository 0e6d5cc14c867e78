package org.layerwise.examples.linear.batchnorm;

import org.layerwise.examples.linear.Contender;
import org.layerwise.examples.linear.Dampings;
import org.layerwise.examples.linear.JointTrainer;
import org.layerwise.examples.linear.LinearTask;
import org.layerwise.examples.linear.Method;
import org.layerwise.examples.linear.Normalisation;
import org.layerwise.examples.linear.Trainer;
import org.layerwise.examples.linear.TwoLayerNetwork;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A method with or without batch normalisation.
 *
 * @param contender method and rate; AMGD or Adam if there is normalisation
 * @param normalisation where
 */
public record Variant(Contender contender, Normalisation normalisation) {
    /** Refuses methods that are not defined with normalisation. */
    public Variant {
        Method method = contender.method();
        if (normalisation != Normalisation.NONE && method != Method.AMGD && method != Method.ADAM) {
            throw new IllegalArgumentException(
                    method.label() + " with batch normalisation is not defined: need AMGD or Adam");
        }
    }

    /** A variant of a method at a rate. */
    static Variant of(Method method, double learningRate, Normalisation normalisation) {
        return new Variant(new Contender(method, learningRate), normalisation);
    }

    /** Name in files, such as "amgd-input-bn". */
    String id() {
        String method = contender.method().id();
        return normalisation == Normalisation.NONE ? method : method + "-" + normalisation.id() + "-bn";
    }

    /** Name in figures and text, such as "AMGD 0.01 + input BN". */
    String label() {
        return normalisation == Normalisation.NONE
                ? contender.label()
                : contender.label() + " + " + normalisation.id() + " BN";
    }

    /** The method on a new network that starts at {@code start}. */
    Trainer trainer(LinearTask.Start start, Dampings dampings) {
        double rate = contender.learningRate();
        if (normalisation == Normalisation.NONE) {
            return contender.method().trainer(start, rate, dampings);
        }
        if (contender.method() == Method.ADAM) {
            Adam updater = new Adam(rate);
            return new JointTrainer(TwoLayerNetwork.create(start, normalisation, updater, updater));
        }
        Sgd updater = new Sgd(rate * TwoLayerNetwork.lossScale(start.head().rows()));
        return new NormalisedTrainer(TwoLayerNetwork.create(start, normalisation, updater, new Sgd(0)));
    }
}
