package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import rankine.kernels.DType;

/**
 * Benchmarks programs of many linear layers over different weights, so that a device's bandwidth is
 * measured and not the latency of its launches, beside programs of one layer; and PyTorch running
 * as many layers in each of its precisions on the same device. A table states each figure as a
 * fraction of the peaks that PyTorch reaches there.
 */
final class LinearProgramRuns {
  /** Y [rows, out] = X [rows, in] Wᵀ. */
  record LayerShape(int rows, int in, int out) {
    String name() {
      return "linear %d×%d→%d".formatted(rows, in, out);
    }

    double flops() {
      return 2.0 * rows * in * out;
    }
  }

  /** What is measured. */
  record LinearProgramWorkload(List<LayerShape> shapes, int products, double seconds) {
    private static final int PRODUCTS = 16;
    private static final int PREFILL = 440;
    private static final int LARGE_PREFILL = 512;
    private static final double MIN_SECONDS = 0.2;

    /** Copies the list. */
    LinearProgramWorkload {
      shapes = List.copyOf(shapes);
    }

    /** The shapes of the model with 12 layers. */
    static LinearProgramWorkload standard() {
      return new LinearProgramWorkload(
          List.of(
              new LayerShape(1, 768, 3072),
              new LayerShape(1, 3072, 768),
              new LayerShape(1, 768, 50400),
              new LayerShape(PREFILL, 768, 768),
              new LayerShape(PREFILL, 768, 3072),
              new LayerShape(PREFILL, 3072, 768)),
          PRODUCTS,
          MIN_SECONDS);
    }

    /** Both layers of an MLP of hidden size {@code width}: width ↔ 4 width. */
    static LinearProgramWorkload large(int width) {
      List<LayerShape> shapes = new ArrayList<>();
      for (int rows : new int[] {1, LARGE_PREFILL}) {
        shapes.add(new LayerShape(rows, width, 4 * width));
        shapes.add(new LayerShape(rows, 4 * width, width));
      }
      return new LinearProgramWorkload(shapes, PRODUCTS, MIN_SECONDS);
    }
  }

  private static final List<DType> DTYPES = List.of(DType.F16, DType.BF16, DType.F32);
  private static final double GIGA = 1e9;

  /** Bytes of weights that the calls of one row cycle through, more than a device's caches hold. */
  private static final long COLD_BYTES = 256L << 20;

  /** A device keeps this many encoded programs. */
  private static final int MOST_COPIES = 8;

  /** Layers of a shape that stay prepared: each dtype, many at once and alone. */
  private static final int PREPARED = 6;

  /** A contender's name and request, and what its products are made of. */
  private record LinearTurn(
      String name, WorkerProcess worker, ObjectNode request, int products, int weightBytes) {}

  private final LinearProgramWorkload workload;
  private final Contenders contenders;
  private final Interleaved interleaved;
  private final Results results;
  private final List<List<String>> rows = new ArrayList<>();

  LinearProgramRuns(
      LinearProgramWorkload workload,
      Contenders contenders,
      Interleaved interleaved,
      Results results) {
    this.workload = workload;
    this.contenders = contenders;
    this.interleaved = interleaved;
    this.results = results;
  }

  /** Measures all shapes. */
  void run() {
    MeasuredPeaks peaks = MeasuredPeaks.measure(contenders, results);
    WorkerProcess ours = WorkerProcess.start(contenders.kernels(deviceBytes())).orElseThrow();
    Optional<WorkerProcess> torch = WorkerProcess.start(contenders.torchLinear());
    try {
      results.contender(ours);
      torch.ifPresent(results::contender);
      ObjectNode reserve = Worker.JSON.createObjectNode();
      for (LayerShape shape : workload.shapes) {
        requests(shape).forEach(request -> reserve.withArray("layers").add(request.json()));
      }
      ours.ask("reserve", reserve);
      for (LayerShape shape : workload.shapes) {
        measure(shape, turns(shape, ours, torch), peaks);
      }
    } finally {
      ours.close();
      torch.ifPresent(WorkerProcess::close);
    }
  }

  /** Memory for Rankine's weights in three dtypes, its activations, and rounding. */
  private long deviceBytes() {
    long largest =
        workload.shapes.stream()
            .mapToLong(shape -> request(shape, DType.F32, workload.products).bytes())
            .max()
            .orElse(0);
    return 3 * largest + (1L << 30);
  }

  private LinearRequest request(LayerShape shape, DType dtype, int products) {
    return new LinearRequest(
        shape.rows,
        shape.in,
        shape.out,
        0,
        dtype,
        products,
        shape.rows == 1 ? COLD_BYTES : 0,
        MOST_COPIES);
  }

  /** Rankine's programs, with many layers and with one. */
  private List<LinearRequest> requests(LayerShape shape) {
    List<LinearRequest> requests = new ArrayList<>();
    for (int products : new int[] {workload.products, 1}) {
      DTYPES.forEach(dtype -> requests.add(request(shape, dtype, products)));
    }
    return requests;
  }

  private List<LinearTurn> turns(
      LayerShape shape, WorkerProcess ours, Optional<WorkerProcess> torch) {
    List<LinearTurn> turns = new ArrayList<>();
    for (LinearRequest request : requests(shape)) {
      ObjectNode json = request.json().put("prepared", PREPARED);
      String name =
          "%s, %s weights%s"
              .formatted(ours.name(), request.dtype(), request.products() == 1 ? ", alone" : "");
      turns.add(new LinearTurn(name, ours, json, request.products(), request.dtype().bytes()));
    }
    for (TorchPrecision precision : TorchPrecision.on(contenders.torchDevice())) {
      DType stored =
          switch (precision) {
            case F16 -> DType.F16;
            case BF16 -> DType.BF16;
            case F32, TF32 -> DType.F32;
          };
      ObjectNode json =
          request(shape, stored, workload.products).json().put("compute_dtype", precision.name());
      torch.ifPresent(
          worker ->
              turns.add(
                  new LinearTurn(
                      worker.name() + " " + precision,
                      worker,
                      json,
                      workload.products,
                      stored.bytes())));
    }
    return turns;
  }

  private void measure(LayerShape shape, List<LinearTurn> turns, MeasuredPeaks peaks) {
    Map<String, DoubleSupplier> suppliers = new LinkedHashMap<>();
    turns.forEach(turn -> suppliers.put(turn.name, () -> productsPerSecond(turn)));
    Map<String, Interleaved.Measured> measured =
        interleaved.measure(
            suppliers,
            (name, failure) ->
                results.remark("%s: %s: %s.".formatted(shape.name(), name, failure.getMessage())));
    Optional<Results.Figure> first = Optional.empty();
    for (LinearTurn turn : turns) {
      Interleaved.Measured found = measured.get(turn.name);
      if (found == null) {
        continue;
      }
      Results.Figure figure =
          results.figure(
              new Results.Figure(
                  shape.name(),
                  turn.name,
                  "products/s",
                  found.samples(),
                  OptionalDouble.empty(),
                  OptionalDouble.of(found.otherLoad())));
      rows.add(row(shape, turn, found.samples(), peaks));
      if (turn.equals(turns.getFirst())) {
        first = Optional.of(figure);
      } else if (!turn.worker.equals(turns.getFirst().worker)) {
        first.ifPresent(ours -> results.ratio(ours, figure, ""));
      }
    }
    results.table(
        new Results.Table(
            "Linear layers, %d in a program or one alone, as fractions of the peaks that PyTorch"
                    .formatted(workload.products)
                + " reaches on the device",
            List.of(
                "layer",
                "contender",
                "µs a layer",
                "GFLOP/s",
                "of the F32 peak",
                "of the F16 peak",
                "GB/s of its weights",
                "of the copy's"),
            rows));
    results.groupEnds();
  }

  private double productsPerSecond(LinearTurn turn) {
    JsonNode answer =
        turn.worker.ask("linear", turn.request.deepCopy().put("min_seconds", workload.seconds));
    return turn.products * answer.get("calls").doubleValue() / answer.get("seconds").doubleValue();
  }

  private static List<String> row(
      LayerShape shape, LinearTurn turn, Measurements samples, MeasuredPeaks peaks) {
    double perSecond = samples.median();
    double flops = perSecond * shape.flops();
    double bytes = perSecond * turn.weightBytes * shape.in * shape.out;
    return List.of(
        shape.name(),
        turn.name,
        FigureText.show(1e6 / perSecond),
        FigureText.show(flops / GIGA),
        peaks.ofFlops(TorchPrecision.F32, flops),
        peaks.ofFlops(TorchPrecision.F16, flops),
        FigureText.show(bytes / GIGA),
        peaks.ofBytes(bytes));
  }
}
