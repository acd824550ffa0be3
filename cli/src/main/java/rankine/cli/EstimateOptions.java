package rankine.cli;

import java.time.Duration;
import java.util.function.DoubleUnaryOperator;
import picocli.CommandLine.Option;
import rankine.engine.run.ForwardSpeed;
import rankine.engine.run.LoadedModel;
import rankine.engine.scale.ExecutorSpeed;
import rankine.engine.scale.Schedule;

/** How long a command takes: said before it starts, or nothing but that. */
final class EstimateOptions {
  private static final Duration MEASUREMENT = Duration.ofSeconds(3);

  /** Seconds of a command for which no machine is measured. */
  private static final double SHORT = 60;

  @Option(
      names = "--estimate",
      description =
          "Only print how long the command would take on this machine, whose speed is measured for"
              + " some seconds.")
  boolean only;

  /** Returns the speed of the forward pass, in flops per second. */
  static double speed(LoadedModel loaded, CommonOptions common) {
    try (Progress _ = Progress.untold("measuring this machine", common.quiet)) {
      return ForwardSpeed.measured(loaded, MEASUREMENT);
    }
  }

  /**
   * Says on stderr how long the work takes. What is short by the speed of the machine that
   * docs/scale.md describes does not wait for a measurement.
   *
   * @param seconds by the speed of the forward pass
   */
  static void announce(LoadedModel loaded, CommonOptions common, DoubleUnaryOperator seconds) {
    double takes = seconds.applyAsDouble(ExecutorSpeed.measured(common.threads).forward());
    if (takes > SHORT) {
      takes = seconds.applyAsDouble(speed(loaded, common));
    }
    common.remark("this takes about " + Schedule.duration(takes) + " (--estimate: details)");
  }
}
