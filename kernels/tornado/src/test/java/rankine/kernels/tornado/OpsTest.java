package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.kernels.Activations;
import rankine.kernels.AttentionScores;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.DType;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.Slot;
import rankine.kernels.Weight;
import rankine.kernels.cpu.CpuBackend;

/** Device kernels against the scalar backend, at sizes around work-groups and tiles. */
class OpsTest {
  private static TornadoBackend device;
  private static CpuBackend scalar;

  @BeforeAll
  static void open() {
    device = OnDevice.open();
    scalar = CpuBackend.scalar(2);
  }

  @AfterAll
  static void close() {
    device.close();
    scalar.close();
  }

  private static float[] gaussian(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Matrix stored(Random random, DType dtype, int rows, int cols) {
    float[] values = gaussian(random, rows * cols);
    short[] halves = new short[values.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] =
          dtype == DType.F16
              ? Float.floatToFloat16(values[i])
              : (short) (Float.floatToRawIntBits(values[i]) >> 16);
    }
    return Matrix.rowMajor(
        dtype == DType.F32 ? MemorySegment.ofArray(values) : MemorySegment.ofArray(halves),
        dtype,
        rows,
        cols);
  }

  @ParameterizedTest
  @EnumSource
  void linear(DType dtype) {
    Random random = new Random(dtype.name().hashCode());
    for (int inputs : new int[] {1, 31, 36, 100, 260}) {
      for (int outputs : new int[] {1, 64, 65, 130}) {
        for (boolean transposed : new boolean[] {false, true}) {
          Matrix w =
              transposed
                  ? stored(random, dtype, inputs, outputs).transposed()
                  : stored(random, dtype, outputs, inputs);
          Matrix x = Matrix.of(gaussian(random, 67 * inputs), 67, inputs);
          Matrix bias = Matrix.of(gaussian(random, outputs), 1, outputs);
          for (int rows : new int[] {67, DeviceOp.GEMV_MAX_ROWS}) {
            float[][] many = linear(device, x, w, bias, rows);
            assertClose(linear(scalar, x, w, bias, rows), many, 2e-5 * inputs + 1e-5);
            // The bits of a row do not depend on the other rows that the same kernel computes.
            for (int fewer :
                rows == 67 ? new int[] {DeviceOp.GEMV_MAX_ROWS + 1} : new int[] {6, 3, 1}) {
              float[][] few = linear(device, x, w, bias, fewer);
              for (int t = 0; t < few.length; t++) {
                assertArrayEquals(many[t], few[t], inputs + " by " + outputs);
              }
            }
          }
        }
      }
    }
  }

  private static float[][] linear(Backend b, Matrix x, Matrix w, Matrix bias, int rows) {
    Slot in = Slot.tokens("in", w.cols());
    Slot out = Slot.tokens("out", w.rows());
    Weight weight = b.matrix(w);
    List<Op> program =
        List.of(
            new Op.Embed(b.matrix(x), in),
            new Op.Linear("a", in, weight, Optional.of(b.vector(bias)), false, out),
            new Op.Linear("b", in, weight, Optional.empty(), true, out));
    return run(b, program, Set.of(in, out), new KvShape(1, 1, 1, 128), rows, out);
  }

  /** Runs ids 0, 1, … in one sequence and returns the rows of {@code out}. */
  private static float[][] run(
      Backend b, List<Op> program, Set<Slot> slots, KvShape shape, int rows, Slot out) {
    int[] ids = new int[rows];
    for (int i = 0; i < rows; i++) {
      ids[i] = i;
    }
    try (Activations activations = b.activations(slots, rows, 1);
        KvCache cache = b.cache(shape)) {
      b.run(program, activations, new Batch(List.of(new Batch.Sequence(cache, ids)), new int[0]));
      float[][] values = new float[rows][out.width()];
      for (int t = 0; t < rows; t++) {
        b.read(activations, out, t, values[t]);
      }
      return values;
    }
  }

  /** Sequences that share a prefix, fork, and span several KV blocks. */
  @Test
  void attentionOverForks() {
    Random random = new Random(7);
    for (int[] heads : new int[][] {{4, 4, 16}, {6, 2, 5}, {1, 1, 130}}) {
      Matrix q = Matrix.of(gaussian(random, 200 * heads[0] * heads[2]), 200, heads[0] * heads[2]);
      Matrix k = Matrix.of(gaussian(random, 200 * heads[1] * heads[2]), 200, heads[1] * heads[2]);
      Matrix v = Matrix.of(gaussian(random, 200 * heads[1] * heads[2]), 200, heads[1] * heads[2]);
      for (AttentionScores rule :
          List.of(
              AttentionScores.scaled(0.5f),
              new AttentionScores(0.5f, 3, 5),
              new AttentionScores(0.5f, 0, 66))) {
        assertClose(
            attention(scalar, heads, rule, q, k, v), attention(device, heads, rule, q, k, v), 2e-5);
      }
    }
  }

  private static float[][] attention(
      Backend b, int[] heads, AttentionScores rule, Matrix q, Matrix k, Matrix v) {
    KvShape shape = new KvShape(3, heads[1], heads[2], 500);
    Slot sq = Slot.tokens("q", q.cols());
    Slot sk = Slot.tokens("k", k.cols());
    Slot sv = Slot.tokens("v", v.cols());
    Slot out = Slot.tokens("out", q.cols());
    List<Op> program =
        List.of(
            new Op.Embed(b.matrix(q), sq),
            new Op.Embed(b.matrix(k), sk),
            new Op.Embed(b.matrix(v), sv),
            new Op.AppendKv(2, sk, sv),
            new Op.Attention(2, sq, heads[0], rule, out));
    List<float[]> results = new ArrayList<>();
    try (Activations a = b.activations(Set.of(sq, sk, sv, out), 100, 1);
        KvCache prefix = b.cache(shape)) {
      int[] ids = new int[70];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = 2 * i + 1;
      }
      step(b, program, a, results, out, new Batch.Sequence(prefix, ids));
      prefix.advance(70);
      try (KvCache one = prefix.fork();
          KvCache two = prefix.fork();
          KvCache shorter = prefix.fork(40);
          KvCache other = b.cache(shape)) {
        step(
            b,
            program,
            a,
            results,
            out,
            new Batch.Sequence(one, new int[] {5, 6, 7}),
            new Batch.Sequence(other, new int[] {9}),
            new Batch.Sequence(shorter, new int[] {4, 3}),
            new Batch.Sequence(two, new int[] {8, 8}));
        one.advance(3);
        step(b, program, a, results, out, new Batch.Sequence(one, new int[] {1}));
      }
    }
    return results.toArray(float[][]::new);
  }

  private static void step(
      Backend b,
      List<Op> program,
      Activations a,
      List<float[]> results,
      Slot out,
      Batch.Sequence... sequences) {
    Batch batch = new Batch(List.of(sequences), new int[0]);
    b.run(program, a, batch);
    for (int t = 0; t < batch.rows(); t++) {
      float[] row = new float[out.width()];
      b.read(a, out, t, row);
      results.add(row);
    }
  }

  /** Decodes every bit pattern of both 16-bit types. */
  @Test
  void sixteenBitsAreExact() {
    short[] bits = new short[1 << 16];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (short) i;
    }
    for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
      Matrix table = Matrix.rowMajor(MemorySegment.ofArray(bits), dtype, 256, 256);
      Slot out = Slot.tokens("out", 256);
      float[][] rows =
          run(
              device,
              List.of(new Op.Embed(device.matrix(table), out)),
              Set.of(out),
              new KvShape(1, 1, 1, 256),
              256,
              out);
      for (int i = 0; i < bits.length; i++) {
        float expected = table.get(i / 256, i % 256);
        float found = rows[i / 256][i % 256];
        if (Float.isNaN(expected)) {
          assertEquals(expected, found, "NaN " + i);
        } else if (Math.abs(expected) >= Float.MIN_NORMAL) { // a device may flush subnormals
          assertEquals(
              Float.floatToRawIntBits(expected), Float.floatToRawIntBits(found), dtype + " " + i);
        } else {
          assertEquals(expected, found, Float.MIN_NORMAL, dtype + " " + i);
        }
      }
    }
  }

  private static void assertClose(float[][] expected, float[][] found, double tolerance) {
    assertEquals(expected.length, found.length);
    for (int t = 0; t < expected.length; t++) {
      for (int i = 0; i < expected[t].length; i++) {
        assertEquals(expected[t][i], found[t][i], tolerance, "row " + t + ", feature " + i);
      }
    }
  }
}
