package rankine.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;

/**
 * What PyTorch reaches on the device that Rankine runs on, near the device's own limits.
 *
 * @param flops operations per second of a large square product; those that do not run are absent
 * @param bytes per second of a large copy, read and written ones counted; NaN if it does not run
 */
record MeasuredPeaks(Map<TorchPrecision, Double> flops, double bytes) {
  /** No peak is known. */
  static final MeasuredPeaks NONE = new MeasuredPeaks(Map.of(), Double.NaN);

  private static final int RUNS = 3;
  private static final double GIGA = 1e9;

  /** Measures them in a process that ends before the others start, and reports them. */
  static MeasuredPeaks measure(Contenders contenders, Results results) {
    Optional<WorkerProcess> torch = WorkerProcess.start(contenders.torchLinear());
    if (torch.isEmpty()) {
      results.remark("PyTorch does not run on the device: no measured peak.");
      return NONE;
    }
    try (WorkerProcess worker = torch.get()) {
      boolean processor = contenders.torchDevice().equals("cpu");
      int size = processor ? 512 : 8192;
      long bytes = processor ? 128L << 20 : 1L << 30;
      Map<TorchPrecision, Double> flops = new EnumMap<>(TorchPrecision.class);
      for (TorchPrecision precision : TorchPrecision.on(contenders.torchDevice())) {
        ObjectNode request =
            Worker.JSON.createObjectNode().put("size", size).put("compute_dtype", precision.name());
        median(
                results,
                "peak: product of %d × %d × %d in %s".formatted(size, size, size, precision),
                "GFLOP/s",
                () -> worker.ask("fma", request).get("flops").doubleValue())
            .ifPresent(value -> flops.put(precision, value));
      }
      ObjectNode request = Worker.JSON.createObjectNode().put("bytes", bytes);
      double copied =
          median(
                  results,
                  "peak: copy of %d MiB, read and written".formatted(bytes >> 20),
                  "GB/s",
                  () -> worker.ask("read", request).get("bytes").doubleValue())
              .orElse(Double.NaN);
      results.groupEnds();
      return new MeasuredPeaks(flops, copied);
    }
  }

  private static OptionalDouble median(
      Results results, String what, String unit, DoubleSupplier perSecond) {
    double[] values = new double[RUNS];
    try {
      var _ = perSecond.getAsDouble(); // warms up
      Arrays.setAll(values, i -> perSecond.getAsDouble() / GIGA);
    } catch (IllegalStateException e) {
      results.remark(what + ": " + e.getMessage() + ".");
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        GIGA * results.figure(Results.Figure.of(what, "PyTorch", unit, values)).samples().median());
  }

  /** {@code perSecond} operations as a fraction of the peak in a precision; empty if unknown. */
  String ofFlops(TorchPrecision precision, double perSecond) {
    return fraction(perSecond / flops.getOrDefault(precision, Double.NaN));
  }

  /** {@code perSecond} bytes as a fraction of the copy's; empty if unknown. */
  String ofBytes(double perSecond) {
    return fraction(perSecond / bytes);
  }

  private static String fraction(double value) {
    return Double.isNaN(value) ? "" : FigureText.show(value);
  }
}
