package org.layerwise.examples.run;

import java.util.Locale;
import java.util.Properties;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The ND4J backend that computes.
 *
 * @param name simple name of its class, such as CpuBackend
 * @param blasVendor the BLAS it calls
 * @param threads OpenMP threads
 */
public record Backend(String name, String blasVendor, String threads) {
    /** Backends a user can ask for. */
    public enum Choice {
        /** Whatever is on the class path. */
        ANY,
        /** nd4j-native. */
        CPU,
        /** nd4j-cuda. */
        CUDA
    }

    /** Thrown when the backend that was asked for is not there; the message says what to do. */
    public static final class MissingBackendException extends RuntimeException {
        MissingBackendException(String message) {
            super(message);
        }
    }

    /**
     * Loads ND4J and checks its backend.
     *
     * @throws MissingBackendException if the choice cannot be met
     */
    public static Backend load(Choice choice) {
        Backend backend;
        try {
            backend = current();
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new MissingBackendException("ND4J found no backend that works on this machine (" + rootMessage(e)
                    + "): for cpu put nd4j-native with its natives on the class path, for cuda build with -Pcuda and"
                    + " run on a machine with an NVIDIA GPU");
        }
        backend.require(choice);
        return backend;
    }

    /** Checks that this backend meets the choice. */
    void require(Choice choice) {
        if (choice == Choice.ANY || (choice == Choice.CUDA) == isCuda()) {
            return;
        }
        String remedy = choice == Choice.CUDA
                ? "build with -Pcuda (nd4j-cuda-11.6) and run on a machine with an NVIDIA GPU"
                : "build without -Pcuda (nd4j-native)";
        throw new MissingBackendException("--backend " + choice.name().toLowerCase(Locale.ROOT)
                + " was asked for, but the class path has " + name + ": " + remedy);
    }

    /** One line for the log and the report. */
    public String describe() {
        return "ND4J " + name + ", BLAS " + blasVendor + ", " + threads + " thread(s)";
    }

    private boolean isCuda() {
        return name.toLowerCase(Locale.ROOT).contains("cublas");
    }

    private static Backend current() {
        Properties environment = Nd4j.getExecutioner().getEnvironmentInformation();
        return new Backend(
                Nd4j.getBackend().getClass().getSimpleName(),
                String.valueOf(environment.get("blas.vendor")),
                String.valueOf(environment.get("omp.threads")));
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
