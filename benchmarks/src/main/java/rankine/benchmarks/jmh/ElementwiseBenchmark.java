package rankine.benchmarks.jmh;

import java.util.Arrays;
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
import rankine.kernels.ActivationFunction;
import rankine.kernels.Backend;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;
import rankine.kernels.Weight;
import rankine.kernels.cpu.CpuBackend;

/**
 * Norms, activations and rotary embeddings. In-place operations are timed with a copy of their
 * input ({@link #copy} alone is its cost), so that they never run on their own output.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ElementwiseBenchmark {
  private static final int HEAD_DIM = 64;
  private static final float EPSILON = 1e-5f;
  private static final double ROTARY_BASE = 10000;

  /** Tokens. */
  @Param({"1", "440"})
  public int rows;

  /** Features per row. */
  @Param({"768", "3072"})
  public int width;

  /** Threads of the backend. */
  @Param("2")
  public int threads;

  private Backend backend;
  private OpBench bench;
  private List<Op> copy;
  private List<Op> layerNorm;
  private List<Op> rmsNorm;
  private List<Op> headNorm;
  private List<Op> gelu;
  private List<Op> geluErf;
  private List<Op> softCap;
  private List<Op> siluGate;
  private List<Op> rotary;

  /** Fills the input. */
  @Setup(Level.Trial)
  public void setUp() {
    backend = CpuBackend.vector(threads);
    bench = new OpBench(backend, rows);
    Slot x = bench.input("x", width);
    Slot up = bench.input("up", width);
    Slot y = bench.output("y", width);
    Weight ones = backend.vector(Matrix.of(filled(1), 1, width));
    Weight zeros = backend.vector(Matrix.of(filled(0), 1, width));
    Op fill = bench.fill(y);
    RotaryFrequencies frequencies = RotaryFrequencies.of(ROTARY_BASE, HEAD_DIM);
    copy = List.of(fill);
    layerNorm = List.of(new Op.LayerNorm(x, ones, Optional.of(zeros), EPSILON, y));
    rmsNorm = List.of(new Op.RmsNorm(x, ones, EPSILON, 1, y));
    Weight headScale = backend.vector(Matrix.of(filled(1), 1, HEAD_DIM));
    headNorm = List.of(new Op.RmsNorm(x, headScale, EPSILON, width / HEAD_DIM, y));
    geluErf = List.of(fill, new Op.Activation(y, ActivationFunction.GELU_ERF));
    softCap = List.of(fill, new Op.SoftCap(y, 30));
    gelu = List.of(fill, new Op.Activation(y, ActivationFunction.GELU_TANH));
    siluGate = List.of(fill, new Op.GatedActivation(y, ActivationFunction.SILU, up));
    rotary =
        List.of(
            fill,
            new Op.Rotary(y, width / HEAD_DIM, HEAD_DIM, frequencies, Op.Pairing.INTERLEAVED));
    bench.prepare(List.of(), 0);
  }

  private float[] filled(float value) {
    float[] values = new float[width];
    Arrays.fill(values, value);
    return values;
  }

  /** The copy that the in-place operations include. */
  @Benchmark
  public void copy() {
    bench.run(copy);
  }

  /** LayerNorm. */
  @Benchmark
  public void layerNorm() {
    bench.run(layerNorm);
  }

  /** RMSNorm. */
  @Benchmark
  public void rmsNorm() {
    bench.run(rmsNorm);
  }

  /** RMSNorm of each head. */
  @Benchmark
  public void headNorm() {
    bench.run(headNorm);
  }

  /** A copy, then erf GELU. */
  @Benchmark
  public void geluErf() {
    bench.run(geluErf);
  }

  /** A copy, then a soft cap. */
  @Benchmark
  public void softCap() {
    bench.run(softCap);
  }

  /** A copy, then GELU. */
  @Benchmark
  public void gelu() {
    bench.run(gelu);
  }

  /** A copy, then SwiGLU. */
  @Benchmark
  public void siluGate() {
    bench.run(siluGate);
  }

  /** A copy, then the rotary embedding. */
  @Benchmark
  public void rotary() {
    bench.run(rotary);
  }

  /** Frees the memory. */
  @TearDown(Level.Trial)
  public void tearDown() {
    bench.close();
    backend.close();
  }
}
