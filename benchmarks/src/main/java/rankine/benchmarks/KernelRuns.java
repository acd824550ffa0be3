package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import rankine.kernels.DType;

/** Benchmarks linear layers of the model's shapes on the CPU, against the roofline and BLAS. */
final class KernelRuns {
  /** {@code Y [rows, out] = X [rows, in] Wᵀ}, W [out, in] stored as {@code dtype}. */
  private record LinearShape(int rows, int in, int out, DType dtype) {
    String name() {
      return "%s %d×%d→%d, %s weights".formatted(rows == 1 ? "GEMV" : "GEMM", rows, in, out, dtype);
    }

    double flops() {
      return 2.0 * rows * in * out;
    }

    double weightBytes() {
      return (double) in * out * dtype.bytes();
    }
  }

  private static final int TOKENS = 440;
  private static final double MIN_SECONDS = 0.2;
  private static final double GIGA = 1e9;

  /** Bytes of weights that a GEMV cycles through, in multiples of the last-level cache. */
  private static final int COLD_FACTOR = 8;

  private static final String LIMIT = "this machine";

  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;

  KernelRuns(Contenders contenders, Interleaved interleaved, Results results) {
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  private static List<LinearShape> gemm() {
    List<LinearShape> shapes = new ArrayList<>();
    for (DType dtype : List.of(DType.F16, DType.BF16, DType.F32)) {
      shapes.add(new LinearShape(TOKENS, 768, 768, dtype));
      shapes.add(new LinearShape(TOKENS, 768, 3072, dtype));
      shapes.add(new LinearShape(TOKENS, 3072, 768, dtype));
    }
    return shapes;
  }

  private static List<LinearShape> gemv() {
    List<LinearShape> shapes = new ArrayList<>();
    for (DType dtype : List.of(DType.F16, DType.BF16, DType.F32)) {
      shapes.add(new LinearShape(1, 768, 3072, dtype));
      shapes.add(new LinearShape(1, 3072, 768, dtype));
      shapes.add(new LinearShape(1, 768, 50400, dtype));
    }
    return shapes;
  }

  /** Measures all shapes. */
  void run() {
    WorkerProcess ours = WorkerProcess.start(contenders.kernels()).orElseThrow();
    List<WorkerProcess> all = new ArrayList<>(List.of(ours));
    try {
      WorkerProcess.start(contenders.openBlas()).ifPresent(all::add);
      WorkerProcess.start(contenders.torchLinear()).ifPresent(all::add);
      for (WorkerProcess rival : all.subList(1, all.size())) {
        results.contender(rival);
      }
      for (LinearShape shape : gemm()) {
        measure(all, shape, "GFLOP/s", shape.flops(), "fma", "flops", "multiply-adds in registers");
      }
      for (LinearShape shape : gemv()) {
        measure(
            all,
            shape,
            "GB/s of our weights",
            shape.weightBytes(),
            "read",
            "bytes",
            "reading of memory");
      }
    } finally {
      all.forEach(WorkerProcess::close);
    }
  }

  /**
   * @param amount operations or bytes of one call
   * @param limitOp request for the machine's limit, in operations or bytes per second
   */
  private void measure(
      List<WorkerProcess> workers,
      LinearShape shape,
      String unit,
      double amount,
      String limitOp,
      String limitKey,
      String limitName) {
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    for (WorkerProcess worker : workers) {
      turns.put(worker.name(), () -> amount / GIGA / secondsPerCall(worker, shape));
    }
    WorkerProcess ours = workers.getFirst();
    turns.put(
        LIMIT,
        () -> ours.ask(limitOp, Worker.JSON.createObjectNode()).get(limitKey).doubleValue() / GIGA);
    List<Results.Figure> figures = new ArrayList<>();
    interleaved
        .measure(turns)
        .forEach(
            (name, measured) -> {
              String contender = name.equals(LIMIT) ? LIMIT + ": " + limitName : name;
              figures.add(
                  results.figure(
                      new Results.Figure(
                          shape.name(),
                          contender,
                          unit,
                          measured.samples(),
                          OptionalDouble.empty(),
                          OptionalDouble.of(measured.otherLoad()))));
            });
    for (Results.Figure other : figures.subList(1, figures.size())) {
      results.ratio(figures.getFirst(), other, "");
    }
    results.groupEnds();
  }

  private static double secondsPerCall(WorkerProcess worker, LinearShape shape) {
    JsonNode answer =
        worker.ask(
            "linear",
            Worker.JSON
                .createObjectNode()
                .put("rows", shape.rows)
                .put("in", shape.in)
                .put("out", shape.out)
                .put("dtype", shape.dtype.name())
                .put("cold_bytes", shape.rows == 1 ? COLD_FACTOR * Machine.lastLevelCache() : 0)
                .put("min_seconds", MIN_SECONDS));
    return answer.get("seconds").doubleValue() / answer.get("calls").intValue();
  }
}
