package rankine.benchmarks.jmh;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import rankine.benchmarks.OpBench;
import rankine.kernels.AttentionScores;
import rankine.kernels.Backend;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.cpu.CpuBackend;

/**
 * Causal attention of one layer with 12 heads of 64: decode has one row after a past, prefill many
 * rows without a past. The KV append is included, as in a model.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AttentionBenchmark {
  private static final int HEADS = 12;
  private static final int HEAD_DIM = 64;
  private static final int WIDTH = HEADS * HEAD_DIM;

  /** New tokens × tokens before them. */
  @Param({"1x128", "1x1024", "440x0", "440x440"})
  public String shape;

  /** Key/value heads; fewer than heads means grouped-query attention. */
  @Param("12")
  public int kvHeads;

  /** Threads of the backend. */
  @Param("2")
  public int threads;

  private Backend backend;
  private OpBench bench;
  private List<Op> program;

  /** Fills the queries, keys and values, and the past. */
  @Setup(Level.Trial)
  public void setUp() {
    String[] sizes = shape.split("x", -1);
    int rows = Integer.parseInt(sizes[0]);
    int past = Integer.parseInt(sizes[1]);
    backend = CpuBackend.vector(threads);
    bench = new OpBench(backend, rows, new KvShape(1, kvHeads, HEAD_DIM, past + rows));
    Slot queries = bench.input("q", WIDTH);
    Slot keys = bench.input("k", kvHeads * HEAD_DIM);
    Slot values = bench.input("v", kvHeads * HEAD_DIM);
    Slot output = bench.output("output", WIDTH);
    Op store = new Op.AppendKv(0, keys, values);
    AttentionScores scores = AttentionScores.ofHeadDim(HEAD_DIM);
    program = List.of(store, new Op.Attention(0, queries, HEADS, scores, output));
    bench.prepare(List.of(store), past);
  }

  /** Attention of the new tokens; the cache does not advance. */
  @Benchmark
  public void attend() {
    bench.run(program);
  }

  /** Frees the memory. */
  @TearDown(Level.Trial)
  public void tearDown() {
    bench.close();
    backend.close();
  }
}
