package rankine.kernels.cpu;

import static rankine.kernels.cpu.CpuKvCache.BLOCK;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.EXP_MIN;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.LOG2_E;
import static rankine.kernels.cpu.Lanes.MINUS_LN2_HIGH;
import static rankine.kernels.cpu.Lanes.MINUS_LN2_LOW;
import static rankine.kernels.cpu.Lanes.ONE;
import static rankine.kernels.cpu.Lanes.P2;
import static rankine.kernels.cpu.Lanes.P3;
import static rankine.kernels.cpu.Lanes.P4;
import static rankine.kernels.cpu.Lanes.P5;
import static rankine.kernels.cpu.Lanes.P6;
import static rankine.kernels.cpu.Lanes.P7;
import static rankine.kernels.cpu.Lanes.PARTIALS;
import static rankine.kernels.cpu.Lanes.ROUND;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import rankine.kernels.AttentionScores;

/**
 * Attention of one head of one query: scores have a position per lane, weighted sums of values a
 * feature per lane. Four vectors are accumulated at a time, to hide the latency of the additions.
 *
 * <p>No method of this class takes or returns a vector here: together they are so large that C2
 * does not inline all of them, and it boxes a vector that crosses a call.
 */
final class AttentionKernel {
  /** Vectors accumulated at a time. */
  private static final int UNROLL = 4;

  private AttentionKernel() {}

  /** Implements {@link CpuKernels#attend} for query i alone. */
  static void attend(AttentionCall call, int i) {
    CpuKvCache cache = call.cache;
    AttentionScores rule = call.rule;
    float[] scores = call.scores;
    int headDim = call.headDim();
    int length = call.lengths[i];
    int first = call.first(i);
    int from = cache.blockOf(first);
    int blocks = from;
    while (blocks < cache.blockCount() && cache.block(blocks).start() < length) {
      CpuKvCache.KvBlock block = cache.block(blocks);
      float[] keys = block.keys()[call.layer];
      int k = CpuKvCache.keys(call.kvHead, headDim);
      // Writes past the used positions of the block; the next block overwrites them, if there is
      // one.
      for (int p = 0; p < BLOCK; p += UNROLL * COUNT) {
        scores(call, i, keys, k + p, block.start() + p);
      }
      blocks++;
    }
    if (rule.softCap() > 0) {
      softCap(scores, first, length - first, rule.softCap());
    }
    float sum = softmax(scores, first, length - first);
    for (int d = 0; d < headDim; d += UNROLL * COUNT) {
      weightedValues(call, i, from, blocks, d, sum);
    }
  }

  /**
   * {@code x = cap · tanh(x / cap)} over n values at {@code at}; overwrites the rest of the last
   * vector. Near zero tanh is a polynomial, elsewhere a quotient (Cephes, tanhf).
   */
  static void softCap(float[] x, int at, int n, float cap) {
    for (int i = at; i < at + n; i += COUNT) {
      FloatVector u = FloatVector.fromArray(FLOATS, x, i).div(cap);
      FloatVector z = u.mul(u);
      FloatVector p =
          z.mul(-0.0057049887f)
              .add(0.020639088f)
              .mul(z)
              .add(-0.053739715f)
              .mul(z)
              .add(0.13331442f)
              .mul(z)
              .add(-0.3333328f);
      FloatVector small = p.mul(z).fma(u, u);
      FloatVector size = u.abs();
      FloatVector e = Lanes.exp(size.mul(-2f));
      FloatVector large = ONE.sub(e).div(ONE.add(e));
      FloatVector signed = large.blend(large.neg(), u.compare(VectorOperators.LT, 0f));
      FloatVector tanh = signed.blend(small, size.compare(VectorOperators.LT, 0.625f));
      tanh.mul(cap).intoArray(x, i);
    }
  }

  /** {@code scores[to + p] = scale * q(i) · k(p)} for UNROLL vectors of positions. */
  private static void scores(AttentionCall call, int i, float[] keys, int from, int to) {
    float[] q = call.q;
    float[] scores = call.scores;
    int at = call.at + i * call.step;
    int headDim = call.headDim();
    float scale = call.rule.scale();
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int k = from;
    for (int d = 0; d < headDim; d++, k += BLOCK) {
      FloatVector f = FloatVector.broadcast(FLOATS, q[at + d]);
      s0 = f.fma(FloatVector.fromArray(FLOATS, keys, k), s0);
      s1 = f.fma(FloatVector.fromArray(FLOATS, keys, k + COUNT), s1);
      s2 = f.fma(FloatVector.fromArray(FLOATS, keys, k + 2 * COUNT), s2);
      s3 = f.fma(FloatVector.fromArray(FLOATS, keys, k + 3 * COUNT), s3);
    }
    s0.mul(scale).intoArray(scores, to);
    s1.mul(scale).intoArray(scores, to + COUNT);
    s2.mul(scale).intoArray(scores, to + 2 * COUNT);
    s3.mul(scale).intoArray(scores, to + 3 * COUNT);
  }

  /**
   * {@code scores = exp(scores - max)} over n values at {@code at}; returns their sum. Overwrites
   * the vector after them and the {@link Lanes#PARTIALS} after that. {@link Lanes#exp} is written
   * out here, for arguments not above 0.
   */
  static float softmax(float[] scores, int at, int n) {
    // Minus infinity after them: its exponential, some 2^-126, is lost in a sum of at least 1.
    FloatVector top = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    top.intoArray(scores, at + n);
    for (int i = at; i < at + n; i += COUNT) {
      top = top.max(FloatVector.fromArray(FLOATS, scores, i));
    }
    // A maximum does not depend on the order, so reduceLanes is safe here.
    FloatVector max = FloatVector.broadcast(FLOATS, top.reduceLanes(VectorOperators.MAX));
    int partials = at + n + COUNT;
    for (int part = 0; part < PARTIALS; part += COUNT) {
      FloatVector sums = FloatVector.zero(FLOATS);
      for (int i = at + part; i < at + n; i += PARTIALS) {
        FloatVector x = FloatVector.fromArray(FLOATS, scores, i).sub(max);
        x = x.blend(EXP_MIN, x.compare(VectorOperators.LT, EXP_MIN));
        FloatVector shifted = x.fma(LOG2_E, ROUND);
        FloatVector m = shifted.sub(ROUND);
        FloatVector r = m.fma(MINUS_LN2_LOW, m.fma(MINUS_LN2_HIGH, x));
        FloatVector p = P7.fma(r, P6).fma(r, P5).fma(r, P4).fma(r, P3).fma(r, P2);
        FloatVector fraction = p.fma(r.mul(r), r).add(ONE);
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        FloatVector e = fraction.reinterpretAsInts().add(exponent).reinterpretAsFloats();
        e.intoArray(scores, i);
        sums = sums.add(e);
      }
      sums.intoArray(scores, partials + part);
    }
    return Lanes.sum(scores, partials);
  }

  /**
   * {@code out[d + j] = Σ_p scores[p] v(p)[d + j] / sum} over the positions of query i, which are
   * in the blocks from {@code fromBlock} on, below {@code blocks}, for UNROLL vectors of features
   * from d on, up to the head's last. Floats after the head's features are summed too, unmasked,
   * but only stored to {@code scores} after the positions.
   */
  private static void weightedValues(
      AttentionCall call, int i, int fromBlock, int blocks, int d, float sum) {
    CpuKvCache cache = call.cache;
    float[] scores = call.scores;
    int layer = call.layer;
    int length = call.lengths[i];
    int first = call.first(i);
    int headDim = call.headDim();
    int valuesAt = CpuKvCache.values(call.kvHead, headDim);
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int b = fromBlock; b < blocks; b++) {
      CpuKvCache.KvBlock block = cache.block(b);
      float[] values = block.values()[layer];
      int start = block.start();
      int skipped = Math.max(0, first - start);
      int count = Math.min(length, cache.blockEnd(b)) - start;
      int v = valuesAt + skipped * headDim + d;
      for (int p = skipped; p < count; p++, v += headDim) {
        FloatVector f = FloatVector.broadcast(FLOATS, scores[start + p]);
        s0 = f.fma(FloatVector.fromArray(FLOATS, values, v), s0);
        s1 = f.fma(FloatVector.fromArray(FLOATS, values, v + COUNT), s1);
        s2 = f.fma(FloatVector.fromArray(FLOATS, values, v + 2 * COUNT), s2);
        s3 = f.fma(FloatVector.fromArray(FLOATS, values, v + 3 * COUNT), s3);
      }
    }
    s0.div(sum).intoArray(scores, length);
    s1.div(sum).intoArray(scores, length + COUNT);
    s2.div(sum).intoArray(scores, length + 2 * COUNT);
    s3.div(sum).intoArray(scores, length + 3 * COUNT);
    int to = call.to + i * call.outStep + d;
    System.arraycopy(scores, length, call.out, to, Math.min(UNROLL * COUNT, headDim - d));
  }
}
