package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rankine.common.BackendException;
import rankine.kernels.ActivationFunction;
import rankine.kernels.Activations;
import rankine.kernels.AttentionScores;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.DType;
import rankine.kernels.Gaussian;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;
import rankine.kernels.Matrix;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;
import rankine.kernels.Slot;
import rankine.kernels.Weight;

/**
 * Compares every model kernel with an oracle backend on small input, so that a miscompiled kernel
 * is found before it produces wrong results.
 */
final class SelfCheck {
  private static final int TOKENS = 6;
  private static final int HEADS = 4;
  private static final int KV_HEADS = 2;
  private static final int HEAD_DIM = 10;
  private static final int WIDTH = HEADS * HEAD_DIM;
  private static final int KV_WIDTH = KV_HEADS * HEAD_DIM;
  private static final int MLP_HIDDEN = 70;
  private static final int IDS = 9;
  private static final double TOLERANCE = 1e-4;

  private static final Slot X = Slot.tokens("x", WIDTH);
  private static final Slot NORMED = Slot.tokens("normed", WIDTH);
  private static final Slot Q = Slot.tokens("q", WIDTH);
  private static final Slot K = Slot.tokens("k", KV_WIDTH);
  private static final Slot V = Slot.tokens("v", KV_WIDTH);
  private static final Slot ATTENTION_OUT = Slot.tokens("attentionOut", WIDTH);
  private static final Slot UP = Slot.tokens("up", MLP_HIDDEN);
  private static final Slot GATE = Slot.tokens("gate", MLP_HIDDEN);
  private static final Slot GATHERED = Slot.logitRows("gathered", WIDTH);
  private static final Slot LOGITS = Slot.logitRows("logits", MLP_HIDDEN);
  private static final Set<Slot> SLOTS =
      Set.of(X, NORMED, Q, K, V, ATTENTION_OUT, UP, GATE, GATHERED, LOGITS);

  /** Operations that run as one program, and the slot that they write. */
  private record Check(String name, List<Op> program, Slot out) {}

  private SelfCheck() {}

  /**
   * Runs all checks.
   *
   * @throws BackendException for the first kernel whose result differs from the oracle's
   */
  static void run(Backend device, Backend oracle) {
    List<List<float[]>> found = results(device);
    List<List<float[]>> expected = results(oracle);
    List<Check> checks = checks(oracle);
    for (int i = 0; i < checks.size(); i++) {
      for (int row = 0; row < expected.get(i).size(); row++) {
        compare(checks.get(i), row, expected.get(i).get(row), found.get(i).get(row), device);
      }
    }
  }

  private static void compare(
      Check check, int row, float[] expected, float[] found, Backend device) {
    for (int c = 0; c < expected.length; c++) {
      double bound = TOLERANCE * Math.max(1, Math.abs(expected[c]));
      if (!(Math.abs(expected[c] - found[c]) <= bound)) {
        throw new BackendException(
            "kernel %s on %s: row %d, feature %d: expected %s, found %s"
                .formatted(check.name, device.description(), row, c, expected[c], found[c]));
      }
    }
  }

  /** The rows of each check's slot after its program; the last entry has the scores. */
  private static List<List<float[]>> results(Backend backend) {
    KvShape shape = new KvShape(2, KV_HEADS, HEAD_DIM, TOKENS);
    List<List<float[]>> results = new ArrayList<>();
    try (Activations activations = backend.activations(SLOTS, TOKENS, 1);
        KvCache cache = backend.cache(shape)) {
      int[] ids = {3, 1, 4, 1, 5, 8};
      int[] logitRows = {TOKENS - 2};
      Batch batch = new Batch(List.of(new Batch.Sequence(cache, ids)), logitRows);
      for (Check check : checks(backend)) {
        backend.run(check.program, activations, batch);
        List<float[]> rows = new ArrayList<>();
        for (int row = 0; row < batch.rows(check.out.rows()); row++) {
          float[] values = new float[check.out.width()];
          backend.read(activations, check.out, row, values);
          rows.add(values);
        }
        results.add(rows);
      }
      double[] scores = backend.logProbabilities(activations, LOGITS, new int[][] {{0, 7}})[0];
      int best = backend.argmax(activations, LOGITS, 0);
      results.getLast().add(new float[] {(float) scores[0], (float) scores[1], best});
    }
    return results;
  }

  private static List<Check> checks(Backend b) {
    RotaryFrequencies frequencies = RotaryFrequencies.of(10000, 6);
    Weight ones = b.vector(values(9, DType.F32, 1, WIDTH));
    Weight perHead = b.vector(values(13, DType.F32, 1, HEAD_DIM));
    Weight shift = b.vector(values(10, DType.BF16, 1, WIDTH));
    Optional<Weight> bias = Optional.of(b.vector(values(11, DType.F16, 1, MLP_HIDDEN)));
    return List.of(
        check("embed", X, new Op.Embed(b.matrix(values(1, DType.F16, IDS, WIDTH)), X)),
        check("addPosition", X, new Op.AddPosition(b.matrix(values(2, DType.F32, 8, WIDTH)), X)),
        check("layerNorm", NORMED, new Op.LayerNorm(X, ones, Optional.of(shift), 1e-5f, NORMED)),
        check("linear F16", Q, linear(b, 3, DType.F16, NORMED, Q)),
        check("linear BF16", K, linear(b, 4, DType.BF16, NORMED, K)),
        check("linear F32", V, linear(b, 5, DType.F32, NORMED, V)),
        check("rotary", Q, new Op.Rotary(Q, HEADS, HEAD_DIM, frequencies, Op.Pairing.HALVES)),
        check(
            "rotary, interleaved",
            K,
            new Op.Rotary(K, KV_HEADS, HEAD_DIM, frequencies, Op.Pairing.INTERLEAVED)),
        check(
            "attention",
            ATTENTION_OUT,
            new Op.AppendKv(1, K, V),
            new Op.Attention(1, Q, HEADS, AttentionScores.scaled(0.3f), ATTENTION_OUT)),
        check(
            "attention, window and cap",
            ATTENTION_OUT,
            new Op.Attention(1, Q, HEADS, new AttentionScores(0.3f, 2, 3), ATTENTION_OUT)),
        check(
            "linear, accumulated",
            X,
            new Op.Linear(
                "o",
                ATTENTION_OUT,
                b.matrix(values(6, DType.F16, WIDTH, WIDTH).transposed()),
                Optional.empty(),
                true,
                X)),
        check("rmsNorm", NORMED, new Op.RmsNorm(X, ones, 1e-5f, 1, NORMED)),
        check("rmsNorm per head", K, new Op.RmsNorm(K, perHead, 1e-5f, KV_HEADS, K)),
        check(
            "linear, gelu",
            GATE,
            new Op.Linear(
                "g", NORMED, b.matrix(values(7, DType.F32, MLP_HIDDEN, WIDTH)), bias, false, GATE),
            new Op.Activation(GATE, ActivationFunction.GELU_TANH)),
        check(
            "linear, gate",
            GATE,
            linear(b, 8, DType.BF16, NORMED, UP),
            new Op.GatedActivation(GATE, ActivationFunction.SILU, UP)),
        check("erf gelu", Q, new Op.Activation(Q, ActivationFunction.GELU_ERF)),
        check("relu", V, new Op.Activation(V, ActivationFunction.RELU)),
        check(
            "gated tanh gelu",
            ATTENTION_OUT,
            new Op.GatedActivation(ATTENTION_OUT, ActivationFunction.GELU_TANH, Q)),
        check("add", ATTENTION_OUT, new Op.Add(X, ATTENTION_OUT)),
        check("scale", ATTENTION_OUT, new Op.Scale(ATTENTION_OUT, 3.5f)),
        check("softCap", ATTENTION_OUT, new Op.SoftCap(ATTENTION_OUT, 1.5f)),
        check(
            "layerNorm without shift",
            NORMED,
            new Op.LayerNorm(X, ones, Optional.empty(), 1e-5f, NORMED)),
        check("gatherRows", GATHERED, new Op.GatherRows(ATTENTION_OUT, GATHERED)),
        check("linear, one row", LOGITS, linear(b, 12, DType.F16, GATHERED, LOGITS)));
  }

  private static Check check(String name, Slot out, Op... program) {
    return new Check(name, List.of(program), out);
  }

  private static Op linear(Backend b, int seed, DType dtype, Slot in, Slot out) {
    Weight w = b.matrix(values(seed, dtype, out.width(), in.width()));
    return new Op.Linear("l" + seed, in, w, Optional.empty(), false, out);
  }

  /** N(0, 1/4) values, stored as {@code dtype}. */
  private static Matrix values(int seed, DType dtype, int rows, int cols) {
    float[] floats = new float[rows * cols];
    short[] halves = new short[rows * cols];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Gaussian.at(seed, i / cols, i % cols) / 2;
      halves[i] =
          dtype == DType.F16
              ? Float.floatToFloat16(floats[i])
              : (short) (Float.floatToRawIntBits(floats[i]) >> 16);
    }
    MemorySegment data =
        dtype == DType.F32 ? MemorySegment.ofArray(floats) : MemorySegment.ofArray(halves);
    return Matrix.rowMajor(data, dtype, rows, cols);
  }
}
