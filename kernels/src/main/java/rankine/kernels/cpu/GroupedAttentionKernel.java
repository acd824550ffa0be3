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
  /** Queries at least: fewer are faster one by one, because missing ones repeat the last. */
  static final int MIN_QUERIES = 3;

  /** Vectors accumulated per query at a time: 8 sums, for 16 registers. */
  private static final int UNROLL = 2;

  private GroupedAttentionKernel() {}

  /**
   * Implements {@link CpuKernels#attend} for {@link #MIN_QUERIES} to {@link AttentionCall#QUERIES}
   * queries.
   */
  static void attend(AttentionCall call) {
    CpuKvCache cache = call.cache;
    AttentionScores rule = call.rule;
    float[] scores = call.scores;
    int stride = scores.length / AttentionCall.QUERIES;
    int count = call.count;
    int common = call.lengths[0];
    int longest = common;
    for (int i = 1; i < count; i++) {
      common = Math.min(common, call.lengths[i]);
      longest = Math.max(longest, call.lengths[i]);
    }
    int headDim = call.headDim();
    int firstBlock = cache.blockOf(rule.first(common));
    for (int b = firstBlock; b < cache.blockCount() && cache.block(b).start() < longest; b++) {
      CpuKvCache.KvBlock block = cache.block(b);
      float[] keys = block.keys()[call.layer];
      // Writes past the used positions of the block; the next block overwrites them, if there is
      // one.
      for (int p = 0; p < BLOCK; p += UNROLL * COUNT) {
        int from = CpuKvCache.keys(call.kvHead, headDim) + p;
        scores(call, keys, from, block.start() + p, stride);
      }
    }
    for (int i = 0; i < count; i++) {
      call.sums[i] = softmax(call, i, i * stride);
    }
    // A window begins at another position for each query, and sums run in the order of positions.
    boolean windowed = rule.first(longest) > 0;
    for (int d = 0; d < headDim; d += UNROLL * COUNT) {
      if (!windowed) {
        weightedValues(call, common, stride, d);
      }
      for (int i = 0; i < count; i++) {
        if (windowed) {
          clear(call, i, d);
        }
        remainingValues(call, i, windowed ? call.first(i) : common, i * stride, d);
      }
    }
  }

  /** Caps the scores of query i, at {@code at}, and takes their softmax; returns the sum. */
  private static float softmax(AttentionCall call, int i, int at) {
    AttentionScores rule = call.rule;
    int first = call.first(i);
    int count = call.lengths[i] - first;
    if (rule.softCap() > 0) {
      AttentionKernel.softCap(call.scores, at + first, count, rule.softCap());
    }
    return AttentionKernel.softmax(call.scores, at + first, count);
  }

  /**
   * {@code scores[to + i * stride + p] = scale * q(i) · k(p)} for UNROLL vectors of positions.
   * Fewer than four queries repeat the last.
   */
  private static void scores(AttentionCall call, float[] keys, int from, int to, int stride) {
    float[] q = call.q;
    float[] scores = call.scores;
    int at = call.at;
    int qStep = call.step;
    int last = at + (call.count - 1) * qStep;
    int headDim = call.headDim();
    float scale = call.rule.scale();
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
   * {@code out(i)[d + j] = Σ_p scores[i * stride + p] v(p)[d + j]} over positions [0, common), for
   * UNROLL vectors of features from d on, up to the head's last. Fewer than four queries repeat the
   * last.
   */
  private static void weightedValues(AttentionCall call, int common, int stride, int d) {
    CpuKvCache cache = call.cache;
    float[] scores = call.scores;
    int layer = call.layer;
    int headDim = call.headDim();
    int valuesAt = CpuKvCache.values(call.kvHead, headDim) + d;
    int lastScores = (call.count - 1) * stride;
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
      int v = valuesAt;
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
        FloatVector f3 = FloatVector.broadcast(FLOATS, scores[lastScores + p]);
        s30 = f3.fma(v0, s30);
        s31 = f3.fma(v1, s31);
      }
    }
    float[] out = call.out;
    int step = call.outStep;
    int to = call.to + d;
    int last = to + (call.count - 1) * step;
    s00.intoArray(out, to, m0);
    s01.intoArray(out, to + COUNT, m1);
    s10.intoArray(out, to + step, m0);
    s11.intoArray(out, to + step + COUNT, m1);
    s20.intoArray(out, to + 2 * step, m0);
    s21.intoArray(out, to + 2 * step + COUNT, m1);
    s30.intoArray(out, last, m0);
    s31.intoArray(out, last + COUNT, m1);
  }

  /** Sets UNROLL vectors of features of output i from d on, up to the head's last, to 0. */
  private static void clear(AttentionCall call, int i, int d) {
    int to = call.to + i * call.outStep + d;
    Arrays.fill(call.out, to, to + Math.min(UNROLL * COUNT, call.headDim() - d), 0);
  }

  /**
   * Adds the values of query i at its positions from {@code from} on, then divides by the sum of
   * its softmax.
   *
   * @param at where its scores begin
   */
  private static void remainingValues(AttentionCall call, int i, int from, int at, int d) {
    CpuKvCache cache = call.cache;
    float[] scores = call.scores;
    float[] out = call.out;
    int layer = call.layer;
    int end = call.lengths[i];
    int headDim = call.headDim();
    int valuesAt = CpuKvCache.values(call.kvHead, headDim) + d;
    int to = call.to + i * call.outStep + d;
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
        int v = valuesAt + (p - start) * headDim;
        FloatVector f = FloatVector.broadcast(FLOATS, scores[at + p]);
        s0 = f.fma(FloatVector.fromArray(FLOATS, values, v, m0), s0);
        s1 = f.fma(FloatVector.fromArray(FLOATS, values, v + COUNT, m1), s1);
      }
    }
    float sum = call.sums[i];
    s0.div(sum).intoArray(out, to, m0);
    s1.div(sum).intoArray(out, to + COUNT, m1);
  }
}
