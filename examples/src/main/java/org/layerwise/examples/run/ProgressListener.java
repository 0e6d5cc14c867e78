package org.layerwise.examples.run;

/** Told how far an experiment is. */
@FunctionalInterface
public interface ProgressListener {
    /**
     * Called now and then, by one thread of the experiment at a time.
     *
     * @param done finished steps out of the total the experiment announced
     * @param task what is running, a few words
     */
    void progress(long done, String task);
}
