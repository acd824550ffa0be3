package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import rankine.kernels.AttentionScores;
import rankine.kernels.Backend;
import rankine.kernels.Backends;
import rankine.kernels.DType;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/**
 * The worker that runs Rankine's linear layers, attention and decompositions, and measures the
 * processor's limits: {@code KernelWorker THREADS BACKEND DEVICE}.
 */
final class KernelWorker implements AutoCloseable {
  /** Layers that stay prepared while others of their shape run: dense and in factors, in turn. */
  private static final int PREPARED = 2;

  private final Backend backend;
  private final Roofline roofline;
  private final SequencedMap<LinearRequest, LinearWork> linears = new LinkedHashMap<>();

  // Only a reference: the weights are freed when nothing reaches them.
  @SuppressWarnings("UnusedVariable")
  private List<Weight> reserved = List.of();

  private JsonNode attentionRequest;
  private AttentionWork attention;

  /** Prepared attention; the cache does not advance, so every call sees the same past. */
  private static final class AttentionWork implements AutoCloseable {
    private final OpBench bench;
    private final List<Op> program;

    AttentionWork(Backend backend, int rows, int past, int heads, int headDim) {
      bench = new OpBench(backend, rows, new KvShape(1, heads, headDim, past + rows));
      int width = heads * headDim;
      Slot queries = bench.input("q", width);
      Slot keys = bench.input("k", width);
      Slot values = bench.input("v", width);
      Slot output = bench.output("output", width);
      Op store = new Op.AppendKv(0, keys, values);
      AttentionScores scores = AttentionScores.ofHeadDim(headDim);
      program = List.of(store, new Op.Attention(0, queries, heads, scores, output));
      bench.prepare(List.of(store), past);
    }

    @Override
    public void close() {
      bench.close();
    }
  }

  private KernelWorker(int threads, String backend, int device) {
    this.backend = Backends.open(backend, threads, device).backend();
    this.roofline = new Roofline(threads);
  }

  /** Serves requests until stdin ends. */
  public static void main(String[] args) throws IOException {
    try (KernelWorker worker =
        new KernelWorker(Integer.parseInt(args[0]), args[1], Integer.parseInt(args[2]))) {
      Worker.serve(
          Map.of(
              "hello",
              request -> Worker.hello("Rankine", Machine.jvm(), worker.backend.description()),
              "reserve",
              worker::reserve,
              "linear",
              worker::linear,
              "attend",
              worker::attend,
              "svd",
              new SvdWorkload(worker.backend)::answer,
              "fma",
              request -> Worker.JSON.createObjectNode().put("flops", worker.roofline.flops()),
              "read",
              request -> Worker.JSON.createObjectNode().put("bytes", worker.roofline.bytes())));
    }
  }

  private ObjectNode linear(JsonNode request) {
    LinearRequest requested = LinearRequest.of(request);
    LinearWork work = linears.get(requested);
    if (work == null) {
      for (LinearRequest other : List.copyOf(linears.keySet())) {
        if (!other.sameShape(requested)
            || linears.size() >= request.path("prepared").asInt(PREPARED)) {
          linears.remove(other).close();
        }
      }
      work = new LinearWork(backend, requested, onDevice());
      linears.put(requested, work);
      reserved = List.of();
    }
    return Worker.timed(work::run, request.get("min_seconds").doubleValue());
  }

  private boolean onDevice() {
    return backend.name().equals("tornado");
  }

  /**
   * Announces the layers that will run. A device divides its memory when its first program runs, by
   * the weights that are registered then; these stand for those of the largest shape.
   */
  private ObjectNode reserve(JsonNode request) {
    List<LinearRequest> layers = new ArrayList<>();
    request.get("layers").forEach(layer -> layers.add(LinearRequest.of(layer)));
    Map<LinearRequest, Long> bytes = new LinkedHashMap<>();
    for (LinearRequest shape : layers) {
      bytes.put(
          shape,
          layers.stream()
              .filter(layer -> layer.sameShape(shape) && layer.dtype() != DType.F32)
              .mapToLong(LinearRequest::bytes)
              .sum());
    }
    LinearRequest largest =
        Collections.max(bytes.entrySet(), Map.Entry.comparingByValue()).getKey();
    if (onDevice()) {
      int count = (int) Math.ceilDiv(bytes.get(largest), 2L * largest.in() * largest.out());
      reserved =
          LinearWork.overlapping(
                  Arena.ofAuto(), DType.F16, largest.out(), largest.in(), Math.max(1, count))
              .stream()
              .map(backend::matrix)
              .toList();
    }
    return Worker.JSON.createObjectNode();
  }

  private ObjectNode attend(JsonNode request) {
    if (!request.equals(attentionRequest)) {
      if (attention != null) {
        attention.close();
      }
      attention =
          new AttentionWork(
              backend,
              request.get("rows").intValue(),
              request.get("past").intValue(),
              request.get("heads").intValue(),
              request.get("head_dim").intValue());
      attentionRequest = request;
    }
    return Worker.timed(
        () -> attention.bench.run(attention.program), request.get("min_seconds").doubleValue());
  }

  @Override
  public void close() {
    linears.values().forEach(LinearWork::close);
    if (attention != null) {
      attention.close();
    }
    roofline.close();
    backend.close();
  }
}
