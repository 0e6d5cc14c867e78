package org.layerwise.internal.dl4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Learning rates of both network classes, and what they do to parameters. */
final class Rates {
    /** Of batch normalisation: DL4J hands them over as parameters, and no learning rate has a say in them. */
    private static final List<String> STATISTICS = List.of("_mean", "_var", "_log10stdev");

    private Rates() {}

    /** Ways to give every layer a rate. */
    enum Setter {
        NETWORK {
            @Override
            void set(Model model, double rate) {
                if (model instanceof MultiLayerNetwork net) {
                    net.setLearningRate(rate);
                } else {
                    ((ComputationGraph) model).setLearningRate(rate);
                }
            }
        },
        SCHEDULE {
            @Override
            void set(Model model, double rate) {
                ISchedule schedule = new FixedSchedule(rate);
                if (model instanceof MultiLayerNetwork net) {
                    net.setLearningRate(schedule);
                } else {
                    ((ComputationGraph) model).setLearningRate(schedule);
                }
            }
        },
        EACH_LAYER {
            @Override
            void set(Model model, double rate) {
                for (int i = 0; i < layers(model).length; i++) {
                    Rates.set(model, i, rate);
                }
            }
        };

        abstract void set(Model model, double rate);
    }

    static Layer[] layers(Model model) {
        return model instanceof MultiLayerNetwork net ? net.getLayers() : ((ComputationGraph) model).getLayers();
    }

    /** Sets the rate of one layer; layers are named as in {@link Shape}. */
    static void set(Model model, int layer, double rate) {
        if (model instanceof MultiLayerNetwork net) {
            net.setLearningRate(layer, rate);
        } else {
            ((ComputationGraph) model).setLearningRate("layer" + layer, rate);
        }
    }

    /** The rate that DL4J reports. */
    static double of(Model model, int layer) {
        Double rate = model instanceof MultiLayerNetwork net
                ? net.getLearningRate(layer)
                : ((ComputationGraph) model).getLearningRate("layer" + layer);
        return rate == null ? Double.NaN : rate;
    }

    static ISchedule from(double first, int iteration, double then) {
        return new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, first)
                .add(iteration, then)
                .build();
    }

    static boolean belongs(String parameter, int layer) {
        return parameter.startsWith(layer + "_") || parameter.startsWith("layer" + layer + "_");
    }

    /** Copies of all parameters but running statistics. */
    static Map<String, INDArray> parameters(Model model) {
        Map<String, INDArray> copies = new LinkedHashMap<>();
        model.paramTable().forEach((name, array) -> {
            if (STATISTICS.stream().noneMatch(name::endsWith)) {
                copies.put(name, array.dup());
            }
        });
        return copies;
    }

    /** What step number {@code step} adds to each of the parameters. */
    static Map<String, INDArray> displacement(Shape shape, Model model, int step) {
        Map<String, INDArray> before = parameters(model);
        shape.train(model, step, step + 1);
        Map<String, INDArray> moved = parameters(model);
        moved.forEach((name, array) -> array.subi(before.get(name)));
        return moved;
    }

    /** The parameters that moved from one moment to another. */
    static Set<String> moved(Map<String, INDArray> before, Map<String, INDArray> after) {
        Set<String> names = new TreeSet<>();
        after.forEach((name, array) -> {
            if (!array.equalsWithEps(before.get(name), 0)) {
                names.add(name);
            }
        });
        return names;
    }
}
