package rankine.kernels.tornado;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
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
 * Compares every model kernel with an oracle backend on small input, at two sizes, so that a
 * miscompiled kernel is found before it produces wrong results.
 */
final class SelfCheck {
  private static final int IDS = 9;
  private static final double TOLERANCE = 1e-4;

  /** One block of keys and one tile of rows, at widths that fill neither tiles nor words. */
  private static final Sizes SMALL = new Sizes(6, 4, 2, 10, 70);

  /** Four blocks of keys, more tiles of rows, a usual head and several groups per product. */
  private static final Sizes LARGE = new Sizes(200, 2, 1, 64, 300);

  /** The sizes of one run. */
  private record Sizes(int tokens, int heads, int kvHeads, int headDim, int mlpHidden) {
    int width() {
      return heads * headDim;
    }

    int kvWidth() {
      return kvHeads * headDim;
    }

    float scale() {
      return (float) (1 / Math.sqrt(headDim));
    }
  }

  private final Sizes sizes;
  private final Slot x;
  private final Slot normed;
  private final Slot q;
  private final Slot k;
  private final Slot v;
  private final Slot attentionOut;
  private final Slot up;
  private final Slot gate;
  private final Slot gathered;
  private final Slot gatheredOut;
  private final Slot logits;

  /** Operations that run as one program, and the slot that they write. */
  private record Check(String name, List<Op> program, Slot out) {}

  private SelfCheck(Sizes sizes) {
    this.sizes = sizes;
    x = Slot.tokens("x", sizes.width());
    normed = Slot.tokens("normed", sizes.width());
    q = Slot.tokens("q", sizes.width());
    k = Slot.tokens("k", sizes.kvWidth());
    v = Slot.tokens("v", sizes.kvWidth());
    attentionOut = Slot.tokens("attentionOut", sizes.width());
    up = Slot.tokens("up", sizes.mlpHidden);
    gate = Slot.tokens("gate", sizes.mlpHidden);
    gathered = Slot.logitRows("gathered", sizes.width());
    gatheredOut = Slot.logitRows("gatheredOut", sizes.width());
    logits = Slot.logitRows("logits", sizes.mlpHidden);
  }

  /**
   * Runs all checks.
   *
   * @throws BackendException for the first kernel whose result differs from the oracle's
   */
  static void run(Backend device, Backend oracle) {
    for (Sizes sizes : List.of(SMALL, LARGE)) {
      new SelfCheck(sizes).compareAll(device, oracle);
    }
  }

  private void compareAll(Backend device, Backend oracle) {
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
  private List<List<float[]>> results(Backend backend) {
    KvShape shape = new KvShape(2, sizes.kvHeads, sizes.headDim, sizes.tokens);
    Set<Slot> slots =
        Set.of(x, normed, q, k, v, attentionOut, up, gate, gathered, gatheredOut, logits);
    List<List<float[]>> results = new ArrayList<>();
    try (Activations activations = backend.activations(slots, sizes.tokens, 1);
        KvCache cache = backend.cache(shape)) {
      int[] ids = IntStream.range(0, sizes.tokens).map(i -> (3 + 7 * i) % IDS).toArray();
      int[] logitRows = {sizes.tokens - 2};
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
      double[] scores = backend.logProbabilities(activations, logits, new int[][] {{0, 7}})[0];
      int best = backend.argmax(activations, logits, 0);
      results.getLast().add(new float[] {(float) scores[0], (float) scores[1], best});
    }
    return results;
  }

  private List<Check> checks(Backend b) {
    RotaryFrequencies frequencies = RotaryFrequencies.of(10000, 6);
    Weight ones = b.vector(values(9, DType.F32, 1, sizes.width()));
    Weight perHead = b.vector(values(13, DType.F32, 1, sizes.headDim));
    Weight shift = b.vector(values(10, DType.BF16, 1, sizes.width()));
    Optional<Weight> bias = Optional.of(b.vector(values(11, DType.F16, 1, sizes.mlpHidden)));
    return List.of(
        check("embed", x, new Op.Embed(b.matrix(values(1, DType.F16, IDS, sizes.width())), x)),
        check(
            "addPosition",
            x,
            new Op.AddPosition(b.matrix(values(2, DType.F32, sizes.tokens + 2, sizes.width())), x)),
        check("layerNorm", normed, new Op.LayerNorm(x, ones, Optional.of(shift), 1e-5f, normed)),
        check("linear F16", q, linear(b, 3, DType.F16, normed, q)),
        check("linear BF16", k, linear(b, 4, DType.BF16, normed, k)),
        check("linear F32", v, linear(b, 5, DType.F32, normed, v)),
        check(
            "linear, three in a launch",
            k,
            linear(b, 14, DType.F16, normed, q),
            linear(b, 15, DType.F32, normed, v),
            linear(b, 16, DType.BF16, normed, k)),
        check(
            "rotary",
            q,
            new Op.Rotary(q, sizes.heads, sizes.headDim, frequencies, Op.Pairing.HALVES)),
        check(
            "rotary, interleaved",
            k,
            new Op.Rotary(k, sizes.kvHeads, sizes.headDim, frequencies, Op.Pairing.INTERLEAVED)),
        check(
            "attention",
            attentionOut,
            new Op.AppendKv(1, k, v),
            new Op.Attention(
                1, q, sizes.heads, AttentionScores.scaled(sizes.scale()), attentionOut)),
        check(
            "rotary, append and attention",
            attentionOut,
            new Op.Rotary(q, sizes.heads, sizes.headDim, frequencies, Op.Pairing.HALVES),
            new Op.Rotary(k, sizes.kvHeads, sizes.headDim, frequencies, Op.Pairing.INTERLEAVED),
            new Op.AppendKv(1, k, v),
            new Op.Attention(
                1, q, sizes.heads, AttentionScores.scaled(sizes.scale()), attentionOut)),
        check(
            "attention, window and cap",
            attentionOut,
            new Op.Attention(
                1, q, sizes.heads, new AttentionScores(sizes.scale(), 2, 3), attentionOut)),
        check(
            "attention, one row",
            gatheredOut,
            new Op.GatherRows(q, gathered),
            new Op.Attention(
                1,
                gathered,
                sizes.heads,
                new AttentionScores(sizes.scale(), 2, AttentionScores.UNLIMITED),
                gatheredOut)),
        check(
            "linear, accumulated",
            x,
            new Op.Linear(
                "o",
                attentionOut,
                b.matrix(weights(6, DType.F16, sizes.width(), sizes.width()).transposed()),
                Optional.empty(),
                true,
                x)),
        check(
            "linear, two that add to one output",
            x,
            linear(b, 17, DType.F16, attentionOut, true, x),
            linear(b, 18, DType.BF16, normed, true, x)),
        check("rmsNorm", normed, new Op.RmsNorm(x, ones, 1e-5f, 1, normed)),
        check("rmsNorm per head", k, new Op.RmsNorm(k, perHead, 1e-5f, sizes.kvHeads, k)),
        check(
            "linear, gelu",
            gate,
            new Op.Linear(
                "g",
                normed,
                b.matrix(weights(7, DType.F32, sizes.mlpHidden, sizes.width())),
                bias,
                false,
                gate),
            new Op.Activation(gate, ActivationFunction.GELU_TANH)),
        check(
            "linear, gate",
            gate,
            linear(b, 8, DType.BF16, normed, up),
            new Op.GatedActivation(gate, ActivationFunction.SILU, up)),
        check("erf gelu", q, new Op.Activation(q, ActivationFunction.GELU_ERF)),
        check("relu", v, new Op.Activation(v, ActivationFunction.RELU)),
        check(
            "gated tanh gelu",
            attentionOut,
            new Op.GatedActivation(attentionOut, ActivationFunction.GELU_TANH, q)),
        check("add", attentionOut, new Op.Add(x, attentionOut)),
        check("scale", attentionOut, new Op.Scale(attentionOut, 3.5f)),
        check("softCap", attentionOut, new Op.SoftCap(attentionOut, 1.5f)),
        check(
            "layerNorm without shift",
            normed,
            new Op.LayerNorm(x, ones, Optional.empty(), 1e-5f, normed)),
        check("gatherRows", gathered, new Op.GatherRows(attentionOut, gathered)),
        check("linear, one row", logits, linear(b, 12, DType.F16, gathered, logits)));
  }

  private static Check check(String name, Slot out, Op... program) {
    return new Check(name, List.of(program), out);
  }

  private static Op linear(Backend b, int seed, DType dtype, Slot in, Slot out) {
    return linear(b, seed, dtype, in, false, out);
  }

  private static Op linear(
      Backend b, int seed, DType dtype, Slot in, boolean accumulate, Slot out) {
    Weight w = b.matrix(weights(seed, dtype, out.width(), in.width()));
    return new Op.Linear("l" + seed, in, w, Optional.empty(), accumulate, out);
  }

  /** N(0, 1/4) values, stored as {@code dtype}. */
  private static Matrix values(int seed, DType dtype, int rows, int cols) {
    return gaussian(seed, dtype, rows, cols, 0.5f);
  }

  /** Values that give outputs of the same size for every number of inputs. */
  private static Matrix weights(int seed, DType dtype, int rows, int inputs) {
    return gaussian(seed, dtype, rows, inputs, (float) (3 / Math.sqrt(inputs)));
  }

  private static Matrix gaussian(int seed, DType dtype, int rows, int cols, float deviation) {
    float[] floats = new float[rows * cols];
    short[] halves = new short[rows * cols];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = deviation * Gaussian.at(seed, i / cols, i % cols);
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
