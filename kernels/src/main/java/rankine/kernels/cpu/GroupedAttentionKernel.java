package rankine.kernels.cpu;

import static rankine.kernels.cpu.CpuKvCache.BLOCK;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import rankine.kernels.AttentionScores;

/**
 * Attention of four queries of a head, or of four heads of a query: each key and value that is
 * loaded serves all four. Every sum has the bits of {@link AttentionKernel}.
 */
final class GroupedAttentionKernel {
  static final int QUERIES = 4;

  /** Queries at least: fewer are faster one by one, because missing ones repeat the last. */
  static final int MIN_QUERIES = 3;

  /** Vectors accumulated per query at a time: 8 sums, for 16 registers. */
  private static final int UNROLL = 2;

  private GroupedAttentionKernel() {}

  /**
   * Implements {@link CpuKernels#attendGroup} for {@link #MIN_QUERIES} to {@link #QUERIES} queries.
   */
  static void attend(
      float[] q,
      int at,
      int step,
      int count,
      CpuKvCache cache,
      int layer,
      int kvHead,
      int[] lengths,
      AttentionScores rule,
      float[] scores,
      float[] out,
      int to,
      int outStep) {
    int stride = scores.length / QUERIES;
    int last = count - 1;
    int common = lengths[0];
    int longest = lengths[0];
    for (int i = 1; i < count; i++) {
      common = Math.min(common, lengths[i]);
      longest = Math.max(longest, lengths[i]);
    }
    // Positions from here on are in every window; those before it are only in some.
    int shared = rule.first(longest);
    int headDim = cache.shape().headDim();
    int lastAt = at + last * step;
    int lastTo = to + last * outStep;
    int firstBlock = cache.blockOf(rule.first(common));
    for (int b = firstBlock; b < cache.blockCount() && cache.block(b).start() < longest; b++) {
      CpuKvCache.KvBlock block = cache.block(b);
      float[] keys = block.keys()[layer];
      // Writes past the used positions of the block; the next block overwrites them, if there is
      // one.
      for (int p = 0; p < BLOCK; p += UNROLL * COUNT) {
        int from = CpuKvCache.keys(kvHead, headDim) + p;
        int position = block.start() + p;
        scores(q, at, step, lastAt, headDim, keys, from, rule.scale(), scores, position, stride);
      }
    }
    float sum0 = softmax(scores, 0, lengths[0], rule);
    float sum1 = softmax(scores, stride, lengths[1], rule);
    float sum2 = softmax(scores, 2 * stride, lengths[2], rule);
    float sum3 = softmax(scores, 3 * stride, lengths[last], rule);
    for (int d = 0; d < headDim; d += UNROLL * COUNT) {
      int y0 = to + d;
      int y1 = y0 + outStep;
      int y2 = y1 + outStep;
      int y3 = lastTo + d;
      if (shared > 0) {
        // A window begins at another position for each query, and sums run in the order of
        // positions.
        windowed(cache, layer, kvHead, lengths[0], rule, scores, 0, sum0, d, out, y0);
        windowed(cache, layer, kvHead, lengths[1], rule, scores, stride, sum1, d, out, y1);
        windowed(cache, layer, kvHead, lengths[2], rule, scores, 2 * stride, sum2, d, out, y2);
        if (y3 != y2) {
          windowed(cache, layer, kvHead, lengths[3], rule, scores, 3 * stride, sum3, d, out, y3);
        }
        continue;
      }
      weightedValues(cache, layer, kvHead, common, scores, stride, d, out, y0, outStep, y3);
      remainingValues(cache, layer, kvHead, common, lengths[0], scores, 0, sum0, d, out, y0);
      remainingValues(cache, layer, kvHead, common, lengths[1], scores, stride, sum1, d, out, y1);
      remainingValues(
          cache, layer, kvHead, common, lengths[2], scores, 2 * stride, sum2, d, out, y2);
      if (y3 != y2) {
        remainingValues(
            cache, layer, kvHead, common, lengths[last], scores, 3 * stride, sum3, d, out, y3);
      }
    }
  }

  /** Sums the values of one query at the positions of its window, then divides by {@code sum}. */
  private static void windowed(
      CpuKvCache cache,
      int layer,
      int kvHead,
      int length,
      AttentionScores rule,
      float[] scores,
      int at,
      float sum,
      int d,
      float[] out,
      int to) {
    clear(out, to, d, cache.shape().headDim());
    int first = rule.first(length);
    remainingValues(cache, layer, kvHead, first, length, scores, at, sum, d, out, to);
  }

  /** Caps the scores of one query, at {@code at}, and takes their softmax; returns the sum. */
  private static float softmax(float[] scores, int at, int length, AttentionScores rule) {
    int first = rule.first(length);
    if (rule.softCap() > 0) {
      AttentionKernel.softCap(scores, at + first, length - first, rule.softCap());
    }
    return AttentionKernel.softmax(scores, at + first, length - first);
  }

  /**
   * {@code scores[to + i * stride + p] = scale * q(i) · k(p)} for UNROLL vectors of positions.
   *
   * @param qStep floats between queries
   * @param last index of the last query
   */
  private static void scores(
      float[] q,
      int at,
      int qStep,
      int last,
      int headDim,
      float[] keys,
      int from,
      float scale,
      float[] scores,
      int to,
      int stride) {
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    int k = from;
    for (int d = 0; d < headDim; d++, k += BLOCK) {
      FloatVector k0 = FloatVector.fromArray(FLOATS, keys, k);
      FloatVector k1 = FloatVector.fromArray(FLOATS, keys, k + COUNT);
      FloatVector q0 = FloatVector.broadcast(FLOATS, q[at + d]);
      s00 = q0.fma(k0, s00);
      s01 = q0.fma(k1, s01);
      FloatVector q1 = FloatVector.broadcast(FLOATS, q[at + qStep + d]);
      s10 = q1.fma(k0, s10);
      s11 = q1.fma(k1, s11);
      FloatVector q2 = FloatVector.broadcast(FLOATS, q[at + 2 * qStep + d]);
      s20 = q2.fma(k0, s20);
      s21 = q2.fma(k1, s21);
      FloatVector q3 = FloatVector.broadcast(FLOATS, q[last + d]);
      s30 = q3.fma(k0, s30);
      s31 = q3.fma(k1, s31);
    }
    s00.mul(scale).intoArray(scores, to);
    s01.mul(scale).intoArray(scores, to + COUNT);
    s10.mul(scale).intoArray(scores, to + stride);
    s11.mul(scale).intoArray(scores, to + stride + COUNT);
    s20.mul(scale).intoArray(scores, to + 2 * stride);
    s21.mul(scale).intoArray(scores, to + 2 * stride + COUNT);
    s30.mul(scale).intoArray(scores, to + 3 * stride);
    s31.mul(scale).intoArray(scores, to + 3 * stride + COUNT);
  }

  /**
   * {@code out[to + i * step + j] = Σ_p scores[i * stride + p] v(p)[d + j]} over positions [0,
   * common), for UNROLL vectors of features from d on, up to the head's last.
   *
   * @param last index of the output of the last query
   */
  private static void weightedValues(
      CpuKvCache cache,
      int layer,
      int kvHead,
      int common,
      float[] scores,
      int stride,
      int d,
      float[] out,
      int to,
      int step,
      int last) {
    int headDim = cache.shape().headDim();
    VectorMask<Float> m0 = FLOATS.indexInRange(d, headDim);
    VectorMask<Float> m1 = FLOATS.indexInRange(d + COUNT, headDim);
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    for (int b = 0; b < cache.blockCount() && cache.block(b).start() < common; b++) {
      CpuKvCache.KvBlock block = cache.block(b);
      float[] values = block.values()[layer];
      int start = block.start();
      int end = Math.min(common, cache.blockEnd(b));
      int v = CpuKvCache.values(kvHead, headDim) + d;
      for (int p = start; p < end; p++, v += headDim) {
        FloatVector v0 = FloatVector.fromArray(FLOATS, values, v, m0);
        FloatVector v1 = FloatVector.fromArray(FLOATS, values, v + COUNT, m1);
        FloatVector f0 = FloatVector.broadcast(FLOATS, scores[p]);
        s00 = f0.fma(v0, s00);
        s01 = f0.fma(v1, s01);
        FloatVector f1 = FloatVector.broadcast(FLOATS, scores[stride + p]);
        s10 = f1.fma(v0, s10);
        s11 = f1.fma(v1, s11);
        FloatVector f2 = FloatVector.broadcast(FLOATS, scores[2 * stride + p]);
        s20 = f2.fma(v0, s20);
        s21 = f2.fma(v1, s21);
        FloatVector f3 = FloatVector.broadcast(FLOATS, scores[3 * stride + p]);
        s30 = f3.fma(v0, s30);
        s31 = f3.fma(v1, s31);
      }
    }
    s00.intoArray(out, to, m0);
    s01.intoArray(out, to + COUNT, m1);
    s10.intoArray(out, to + step, m0);
    s11.intoArray(out, to + step + COUNT, m1);
    s20.intoArray(out, to + 2 * step, m0);
    s21.intoArray(out, to + 2 * step + COUNT, m1);
    s30.intoArray(out, last, m0);
    s31.intoArray(out, last + COUNT, m1);
  }

  /** Sets UNROLL vectors of features from d on, up to the head's last, to 0. */
  private static void clear(float[] out, int to, int d, int headDim) {
    Arrays.fill(out, to, to + Math.min(UNROLL * COUNT, headDim - d), 0);
  }

  /** Adds the values of one query at positions [from, end), then divides by {@code sum}. */
  private static void remainingValues(
      CpuKvCache cache,
      int layer,
      int kvHead,
      int from,
      int end,
      float[] scores,
      int at,
      float sum,
      int d,
      float[] out,
      int to) {
    int headDim = cache.shape().headDim();
    VectorMask<Float> m0 = FLOATS.indexInRange(d, headDim);
    VectorMask<Float> m1 = FLOATS.indexInRange(d + COUNT, headDim);
    FloatVector s0 = FloatVector.fromArray(FLOATS, out, to, m0);
    FloatVector s1 = FloatVector.fromArray(FLOATS, out, to + COUNT, m1);
    int firstBlock = from < end ? cache.blockOf(from) : cache.blockCount();
    for (int b = firstBlock; b < cache.blockCount() && cache.block(b).start() < end; b++) {
      CpuKvCache.KvBlock block = cache.block(b);
      float[] values = block.values()[layer];
      int start = block.start();
      int stop = Math.min(end, cache.blockEnd(b));
      for (int p = Math.max(start, from); p < stop; p++) {
        int v = CpuKvCache.values(kvHead, headDim) + (p - start) * headDim + d;
        FloatVector f = FloatVector.broadcast(FLOATS, scores[at + p]);
        s0 = f.fma(FloatVector.fromArray(FLOATS, values, v, m0), s0);
        s1 = f.fma(FloatVector.fromArray(FLOATS, values, v + COUNT, m1), s1);
      }
    }
    s0.div(sum).intoArray(out, to, m0);
    s1.div(sum).intoArray(out, to + COUNT, m1);
  }
}
