package org.layerwise.updater;

import java.util.List;
import java.util.function.Supplier;
import org.layerwise.internal.Require;

/** All updaters of this library by name, for command lines, searches over methods, and tests. */
public final class Updaters {
    private static final List<Entry> ALL = List.of(
            new Entry("kfac", Kfac::builder),
            new Entry("foof", Foof::builder),
            new Entry("soap", Soap::builder),
            new Entry("shampoo", Shampoo::builder),
            new Entry("muon", Muon::builder),
            new Entry("normuon", NorMuon::builder),
            new Entry("scion", Scion::builder),
            new Entry("psgd", PsgdKron::builder));

    private Updaters() {}

    /**
     * All updaters.
     *
     * @return one entry for each class, in the order of the documentation
     */
    public static List<Entry> all() {
        return ALL;
    }

    /**
     * The updater with a name.
     *
     * @param name as in {@link Entry#name}
     * @return its entry
     * @throws IllegalArgumentException if there is none; the message lists the names
     */
    public static Entry named(String name) {
        Require.present(name, "name");
        return ALL.stream()
                .filter(entry -> entry.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The updater \"" + name + "\" is none of "
                        + ALL.stream().map(Entry::name).toList()));
    }

    /** One class of updaters. */
    public static final class Entry {
        private final String name;
        private final Supplier<? extends LayerwiseUpdater.Builder<?>> builders;

        private Entry(String name, Supplier<? extends LayerwiseUpdater.Builder<?>> builders) {
            this.name = name;
            this.builders = builders;
        }

        /**
         * The name, which never changes.
         *
         * @return lower case, such as "muon"
         */
        public String name() {
            return name;
        }

        /**
         * Starts a configuration from the defaults.
         *
         * @return a new builder
         */
        public LayerwiseUpdater.Builder<?> builder() {
            return builders.get();
        }

        /**
         * The updater with all defaults.
         *
         * @return a new updater
         */
        public LayerwiseUpdater<?> updater() {
            return builder().build();
        }

        /**
         * The updater with all defaults but the learning rate.
         *
         * @param learningRate at least 0
         * @return a new updater
         */
        public LayerwiseUpdater<?> updater(double learningRate) {
            return builder().learningRate(learningRate).build();
        }

        /** The name. */
        @Override
        public String toString() {
            return name;
        }
    }
}
