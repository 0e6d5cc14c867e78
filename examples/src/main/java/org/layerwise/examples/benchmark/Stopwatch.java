package org.layerwise.examples.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Adds up wall time and the process's CPU time of some work, over all its threads. */
final class Stopwatch {
    private static final double NANOSECONDS = 1e9;

    private long wall;
    private long cpu;

    /** Does the work and counts its time. */
    void time(Runnable work) {
        long wallStart = System.nanoTime();
        long cpuStart = processCpuTime();
        work.run();
        cpu += processCpuTime() - cpuStart;
        wall += System.nanoTime() - wallStart;
    }

    /** Time so far, for {@code steps} steps. */
    Cost cost(long steps) {
        return new Cost(steps, wall / NANOSECONDS, cpu / NANOSECONDS);
    }

    private static long processCpuTime() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
