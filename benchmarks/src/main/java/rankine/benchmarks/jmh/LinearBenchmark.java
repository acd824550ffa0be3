package rankine.benchmarks.jmh;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
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
import rankine.benchmarks.RandomMatrix;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.cpu.CpuBackend;

/**
 * {@code Y [rows, out] = X [rows, in] Wᵀ}: prefill has many rows, decode one. There is one weight,
 * so a small one stays in the cache; {@code benchmarks/run} measures weights that come from memory.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LinearBenchmark {
  /** Input × output features. */
  @Param({"768x768", "768x3072", "3072x768", "768x50400"})
  public String shape;

  /** Tokens. */
  @Param({"1", "8", "440"})
  public int rows;

  /** Stored dtype of the weight. */
  @Param({"F16", "BF16", "F32"})
  public DType dtype;

  /** Threads of the backend. */
  @Param("2")
  public int threads;

  private final Arena arena = Arena.ofShared();
  private Backend backend;
  private OpBench bench;
  private List<Op> program;

  /** Creates the weight and the input. */
  @Setup(Level.Trial)
  public void setUp() {
    String[] sizes = shape.split("x", -1);
    int in = Integer.parseInt(sizes[0]);
    int out = Integer.parseInt(sizes[1]);
    backend = CpuBackend.vector(threads);
    bench = new OpBench(backend, rows);
    Slot x = bench.input("x", in);
    Slot y = bench.output("y", out);
    var weight = backend.matrix(RandomMatrix.of(arena, dtype, out, in, 1));
    program = List.of(new Op.Linear("linear", x, weight, Optional.empty(), false, y));
    bench.prepare(List.of(), 0);
  }

  /** One product. */
  @Benchmark
  public void linear() {
    bench.run(program);
  }

  /** Frees the memory. */
  @TearDown(Level.Trial)
  public void tearDown() {
    bench.close();
    backend.close();
    arena.close();
  }
}
