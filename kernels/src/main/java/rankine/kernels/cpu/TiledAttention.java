package rankine.kernels.cpu;

import static rankine.kernels.cpu.CpuKvCache.BLOCK;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link VectorAttention} for neighbouring rows of a sequence: each key and each value is loaded
 * once for all of them. A row has the bits that it has alone, for it adds the same products in the
 * same order.
 */
final class TiledAttention {
  /** Rows that go together: with two vectors each, eight sums that do not wait for one another. */
  static final int ROWS = 4;

  /** Vectors of positions, or of features, that go side by side. */
  private static final int SIDE = 2;

  private TiledAttention() {}

  /**
   * One head of {@link #ROWS} queries; row r attends to positions [0, length + r).
   *
   * @param q [ROWS][headDim], the first at {@code at}, {@code step} from one to the next
   * @param scores scratch, [ROWS] times what one row needs
   * @param out as {@code q}, from {@code to} on, {@code outStep} from one to the next
   */
  static void attend(
      float[] q,
      int at,
      int step,
      CpuKvCache cache,
      int layer,
      int kvHead,
      int length,
      float scale,
      float[] scores,
      float[] out,
      int to,
      int outStep) {
    int headDim = cache.shape().headDim();
    int row = scores.length / ROWS;
    int blocks = 0;
    while (blocks < cache.blockCount() && cache.block(blocks).start() < length + ROWS - 1) {
      CpuKvCache.Block block = cache.block(blocks);
      float[] keys = block.keys()[layer];
      // Writes past the block's own positions; the next block, or nobody, reads there.
      for (int p = 0; p < BLOCK; p += SIDE * COUNT) {
        int k = kvHead * headDim * BLOCK + p;
        scores(q, at, step, headDim, keys, k, scale, scores, block.start() + p, row);
      }
      blocks++;
    }
    float sum0 = VectorAttention.softmax(scores, 0, length);
    float sum1 = VectorAttention.softmax(scores, row, length + 1);
    float sum2 = VectorAttention.softmax(scores, 2 * row, length + 2);
    float sum3 = VectorAttention.softmax(scores, 3 * row, length + 3);
    for (int d = 0; d < headDim; d += SIDE * COUNT) {
      mix(cache, layer, kvHead, length, scores, row, d, out, to + d, outStep);
      rest(cache, layer, kvHead, length, 0, scores, 0, d, sum0, out, to + d);
      rest(cache, layer, kvHead, length, 1, scores, row, d, sum1, out, to + d + outStep);
      rest(cache, layer, kvHead, length, 2, scores, 2 * row, d, sum2, out, to + d + 2 * outStep);
      rest(cache, layer, kvHead, length, 3, scores, 3 * row, d, sum3, out, to + d + 3 * outStep);
    }
  }

  /** {@code scores[to + p + r * row] = scale * q(r) · k(p)} for SIDE vectors of positions. */
  private static void scores(
      float[] q,
      int at,
      int step,
      int headDim,
      float[] keys,
      int from,
      float scale,
      float[] scores,
      int to,
      int row) {
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    int k = from;
    for (int d = at; d < at + headDim; d++, k += BLOCK) {
      FloatVector k0 = FloatVector.fromArray(FLOATS, keys, k);
      FloatVector k1 = FloatVector.fromArray(FLOATS, keys, k + COUNT);
      FloatVector a = Lanes.broadcast(q[d]);
      a0 = a.fma(k0, a0);
      a1 = a.fma(k1, a1);
      FloatVector b = Lanes.broadcast(q[d + step]);
      b0 = b.fma(k0, b0);
      b1 = b.fma(k1, b1);
      FloatVector c = Lanes.broadcast(q[d + 2 * step]);
      c0 = c.fma(k0, c0);
      c1 = c.fma(k1, c1);
      FloatVector e = Lanes.broadcast(q[d + 3 * step]);
      d0 = e.fma(k0, d0);
      d1 = e.fma(k1, d1);
    }
    a0.mul(scale).intoArray(scores, to);
    a1.mul(scale).intoArray(scores, to + COUNT);
    b0.mul(scale).intoArray(scores, to + row);
    b1.mul(scale).intoArray(scores, to + row + COUNT);
    c0.mul(scale).intoArray(scores, to + 2 * row);
    c1.mul(scale).intoArray(scores, to + 2 * row + COUNT);
    d0.mul(scale).intoArray(scores, to + 3 * row);
    d1.mul(scale).intoArray(scores, to + 3 * row + COUNT);
  }

  /**
   * {@code out(r) = Σ_p scores(r)[p] v(p)} over the positions that all rows see, for SIDE vectors
   * of features from d on.
   */
  private static void mix(
      CpuKvCache cache,
      int layer,
      int kvHead,
      int length,
      float[] scores,
      int row,
      int d,
      float[] out,
      int to,
      int outStep) {
    int headDim = cache.shape().headDim();
    VectorMask<Float> m0 = FLOATS.indexInRange(d, headDim);
    VectorMask<Float> m1 = FLOATS.indexInRange(d + COUNT, headDim);
    FloatVector a0 = FloatVector.zero(FLOATS);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    for (int i = 0; i < cache.blockCount() && cache.block(i).start() < length; i++) {
      CpuKvCache.Block block = cache.block(i);
      float[] values = block.values()[layer];
      int end = Math.min(length, cache.blockEnd(i));
      int v = kvHead * BLOCK * headDim + d;
      for (int p = block.start(); p < end; p++, v += headDim) {
        FloatVector v0 = FloatVector.fromArray(FLOATS, values, v, m0);
        FloatVector v1 = FloatVector.fromArray(FLOATS, values, v + COUNT, m1);
        FloatVector a = Lanes.broadcast(scores[p]);
        a0 = a.fma(v0, a0);
        a1 = a.fma(v1, a1);
        FloatVector b = Lanes.broadcast(scores[p + row]);
        b0 = b.fma(v0, b0);
        b1 = b.fma(v1, b1);
        FloatVector c = Lanes.broadcast(scores[p + 2 * row]);
        c0 = c.fma(v0, c0);
        c1 = c.fma(v1, c1);
        FloatVector e = Lanes.broadcast(scores[p + 3 * row]);
        d0 = e.fma(v0, d0);
        d1 = e.fma(v1, d1);
      }
    }
    a0.intoArray(out, to, m0);
    a1.intoArray(out, to + COUNT, m1);
    b0.intoArray(out, to + outStep, m0);
    b1.intoArray(out, to + outStep + COUNT, m1);
    c0.intoArray(out, to + 2 * outStep, m0);
    c1.intoArray(out, to + 2 * outStep + COUNT, m1);
    d0.intoArray(out, to + 3 * outStep, m0);
    d1.intoArray(out, to + 3 * outStep + COUNT, m1);
  }

  /**
   * Goes on with one row's sums over {@code count} positions from {@code from} on, and divides
   * them.
   *
   * @param at where the row's scores begin
   */
  private static void rest(
      CpuKvCache cache,
      int layer,
      int kvHead,
      int from,
      int count,
      float[] scores,
      int at,
      int d,
      float sum,
      float[] out,
      int to) {
    int headDim = cache.shape().headDim();
    VectorMask<Float> m0 = FLOATS.indexInRange(d, headDim);
    VectorMask<Float> m1 = FLOATS.indexInRange(d + COUNT, headDim);
    FloatVector s0 = FloatVector.fromArray(FLOATS, out, to, m0);
    FloatVector s1 = FloatVector.fromArray(FLOATS, out, to + COUNT, m1);
    int b = cache.blockCount() - 1;
    while (b > 0 && cache.block(b).start() > from) {
      b--;
    }
    for (int p = from; p < from + count; p++) {
      if (p >= cache.blockEnd(b)) {
        b++;
      }
      CpuKvCache.Block block = cache.block(b);
      float[] values = block.values()[layer];
      int v = (kvHead * BLOCK + p - block.start()) * headDim + d;
      FloatVector f = Lanes.broadcast(scores[at + p]);
      s0 = f.fma(FloatVector.fromArray(FLOATS, values, v, m0), s0);
      s1 = f.fma(FloatVector.fromArray(FLOATS, values, v + COUNT, m1), s1);
    }
    s0.div(sum).intoArray(out, to, m0);
    s1.div(sum).intoArray(out, to + COUNT, m1);
  }
}
