package rankine.benchmarks;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * What other programs take from the machine while we measure: a BLAS whose threads wait for each
 * other loses far more to a neighbour than its share, so figures from a busy machine compare
 * nothing.
 *
 * @param busySeconds processor time of the whole machine so far
 * @param ownSeconds processor time of this process and its living descendants so far
 * @param nanos when
 */
record OtherLoad(double busySeconds, double ownSeconds, long nanos) {
  /** Processors that others may use before we say that the machine is not quiet. */
  static final double QUIET = 0.1;

  /** The clock of /proc/stat, in Hz; fixed by the kernel's interface. */
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

  /** Processors that others used on average between {@code start} and this. */
  double since(OtherLoad start) {
    double others = (busySeconds - start.busySeconds) - (ownSeconds - start.ownSeconds);
    return Math.max(0, others / ((nanos - start.nanos) / NANOS));
  }
}
