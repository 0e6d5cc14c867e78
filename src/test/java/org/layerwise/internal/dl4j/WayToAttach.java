package org.layerwise.internal.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.deeplearning4j.util.ModelSerializer;
import org.layerwise.Attachment;

/**
 * What happens to an attached network before it is attached again. None changes what the user asked for. The first four
 * leave the network itself alone.
 */
enum WayToAttach {
    CLONE {
        @Override
        Model apply(Model attached) {
            if (attached instanceof MultiLayerNetwork net) {
                return net.clone();
            }
            ComputationGraph graph = (ComputationGraph) attached;
            return counting(graph, graph.clone());
        }
    },
    SAVED {
        @Override
        Model apply(Model attached) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ModelSerializer.writeModel(attached, bytes, true);
            ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
            return attached instanceof MultiLayerNetwork
                    ? ModelSerializer.restoreMultiLayerNetwork(in, true)
                    : ModelSerializer.restoreComputationGraph(in, true);
        }
    },
    /** DL4J leaves such a network without a list of listeners, so that it cannot even train. */
    JAVA_SERIALIZED {
        @Override
        Model apply(Model attached) throws IOException, ClassNotFoundException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(attached);
            }
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                return counting(attached, (Model) in.readObject());
            }
        }

        @Override
        Attached attachAgain(Model attached) throws IOException, ClassNotFoundException {
            Model read = apply(attached);
            try {
                return new Attached(read, TestNets.attach(read));
            } catch (RuntimeException refused) {
                return remedy(refused).attachAgain(read);
            }
        }

        /** A clone of a graph shares its missing list of listeners: there only saving and loading helps. */
        private WayToAttach remedy(RuntimeException refused) {
            assertThat(refused)
                    .isNotInstanceOf(NullPointerException.class)
                    .message()
                    .containsAnyOf("clone()", "ModelSerializer");
            return String.valueOf(refused.getMessage()).contains("clone()") ? CLONE : SAVED;
        }
    },
    /** Without updater state, which DL4J drops. */
    TRANSFERRED {
        @Override
        Model apply(Model attached) {
            return attached instanceof MultiLayerNetwork net
                    ? new TransferLearning.Builder(net).build()
                    : new TransferLearning.GraphBuilder((ComputationGraph) attached).build();
        }

        @Override
        boolean keepsState() {
            return false;
        }
    },
    NOTHING {
        @Override
        Model apply(Model attached) {
            return attached;
        }
    },
    LISTENERS_REPLACED {
        @Override
        Model apply(Model attached) {
            replaceListeners(attached);
            return attached;
        }
    };

    /** A network with its second attachment. */
    record Attached(Model model, Attachment attachment) {}

    /** The network that is to be attached again. */
    abstract Model apply(Model attached) throws IOException, ClassNotFoundException;

    Attached attachAgain(Model attached) throws IOException, ClassNotFoundException {
        Model model = apply(attached);
        return new Attached(model, TestNets.attach(model));
    }

    boolean keepsState() {
        return true;
    }

    /** DL4J's copies of a graph start counting anew, and Adam depends on the count. */
    private static Model counting(Model from, Model to) {
        if (from instanceof ComputationGraph graph) {
            ((ComputationGraph) to)
                    .getConfiguration()
                    .setIterationCount(graph.getConfiguration().getIterationCount());
        }
        return to;
    }

    static void replaceListeners(Model model) {
        CollectScoresIterationListener other = new CollectScoresIterationListener(1);
        if (model instanceof MultiLayerNetwork net) {
            net.setListeners(other);
        } else {
            ((ComputationGraph) model).setListeners(other);
        }
    }
}
