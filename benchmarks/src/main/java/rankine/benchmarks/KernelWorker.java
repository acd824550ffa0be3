package rankine.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import rankine.kernels.AttentionScores;
import rankine.kernels.Backend;
import rankine.kernels.Backends;
import rankine.kernels.DType;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * The worker that runs Rankine's linear layers, attention and decompositions, and measures the
 * processor's limits: {@code KernelWorker THREADS BACKEND DEVICE}.
 */
final class KernelWorker implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  /** A linear layer stays prepared while others of its shape run: dense and in factors, in turn. */
  private static final int PREPARED = 2;

  /**
   * A linear layer {@code Y [rows, out] = X [rows, in] Wᵀ}, W [out, in].
   *
   * @param rank of W as two factors, which run as two products; 0 for a dense W
   */
  private record LinearRequest(int rows, int in, int out, int rank, DType dtype) {
    /** Bytes of the weights. */
    long bytes() {
      return dtype.bytes() * (rank == 0 ? (long) in * out : rank * ((long) in + out));
    }
  }

  /** A prepared linear layer with enough copies of its weight to exceed the caches. */
  private static final class LinearWork implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final OpBench bench;
    private final List<List<Op>> programs = new ArrayList<>();
    private int next;

    LinearWork(Backend backend, LinearRequest shape, long coldBytes) {
      bench = new OpBench(backend, shape.rows);
      Slot x = bench.input("x", shape.in);
      Slot y = bench.output("y", shape.out);
      List<Slot> slots =
          shape.rank == 0 ? List.of(x, y) : List.of(x, bench.output("projected", shape.rank), y);
      List<Matrix> first = new ArrayList<>();
      for (int i = 1; i < slots.size(); i++) {
        int rows = slots.get(i).width();
        first.add(RandomMatrix.tiled(arena, shape.dtype, rows, slots.get(i - 1).width(), 1));
      }
      long copies = Math.max(1, Math.ceilDiv(coldBytes, shape.bytes()));
      for (long copy = 0; copy < copies; copy++) {
        List<Op> program = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
          Matrix w = copy == 0 ? first.get(i) : copy(first.get(i));
          program.add(
              new Op.Linear(
                  "linear",
                  slots.get(i),
                  backend.matrix(w),
                  Optional.empty(),
                  false,
                  slots.get(i + 1)));
        }
        programs.add(program);
      }
      bench.prepare(List.of(), 0);
    }

    private Matrix copy(Matrix m) {
      MemorySegment data = arena.allocate(m.data().byteSize(), ALIGNMENT).copyFrom(m.data());
      return Matrix.rowMajor(data, m.dtype(), m.rows(), m.cols());
    }

    void run() {
      bench.run(programs.get(next));
      next = (next + 1) % programs.size();
    }

    @Override
    public void close() {
      bench.close();
      arena.close();
    }
  }

  private final Backend backend;
  private final Roofline roofline;
  private final SequencedMap<LinearRequest, LinearWork> linears = new LinkedHashMap<>();
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
    LinearRequest requested =
        new LinearRequest(
            request.get("rows").intValue(),
            request.get("in").intValue(),
            request.get("out").intValue(),
            request.path("rank").intValue(),
            DType.valueOf(request.get("dtype").textValue()));
    LinearWork work = linears.get(requested);
    if (work == null) {
      while (linears.size() >= PREPARED) {
        linears.pollFirstEntry().getValue().close();
      }
      work = new LinearWork(backend, requested, request.get("cold_bytes").longValue());
      linears.put(requested, work);
    }
    return Worker.timed(work::run, request.get("min_seconds").doubleValue());
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
