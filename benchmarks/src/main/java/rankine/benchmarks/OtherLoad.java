package rankine.benchmarks;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * Processor time of other programs during a measurement. A BLAS whose threads wait for each other
 * loses far more to another program than its share, so ratios from a loaded machine are invalid.
 *
 * @param busySeconds processor time of the whole machine since boot
 * @param ownSeconds processor time of this process and its living descendants
 * @param nanos time of the reading
 */
record OtherLoad(double busySeconds, double ownSeconds, long nanos) {
  /** Processors used by other programs up to which the machine counts as quiet. */
  static final double QUIET = 0.1;

  /** Ticks per second of /proc/stat, fixed by the kernel's interface. */
  private static final double TICKS = 100;

  private static final double NANOS = 1e9;

  static OtherLoad now() {
    return new OtherLoad(Machine.busyTicks() / TICKS, own(), System.nanoTime());
  }

  private static double own() {
    ProcessHandle self = ProcessHandle.current();
    return Stream.concat(Stream.of(self), self.descendants())
        .mapToDouble(p -> p.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / NANOS)
        .sum();
  }

  /** Returns the processors that other programs used on average since {@code start}. */
  double since(OtherLoad start) {
    double others = (busySeconds - start.busySeconds) - (ownSeconds - start.ownSeconds);
    return Math.max(0, others / ((nanos - start.nanos) / NANOS));
  }
}
