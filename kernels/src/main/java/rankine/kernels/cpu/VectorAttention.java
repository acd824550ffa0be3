package rankine.kernels.cpu;

import static rankine.kernels.cpu.CpuKvCache.BLOCK;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * One head of one query: scores with a lane a position, the mix of values with a lane a feature.
 */
final class VectorAttention {
  private VectorAttention() {}

  static void attend(
      float[] q,
      int at,
      CpuKvCache cache,
      int layer,
      int kvHead,
      int length,
      float scale,
      float[] scores,
      float[] out,
      int to) {
    int headDim = cache.shape().headDim();
    int blocks = 0;
    while (blocks < cache.blockCount() && cache.block(blocks).start() < length) {
      CpuKvCache.Block block = cache.block(blocks);
      // Writes past the block's own positions; the next block, or nobody, reads there.
      scores(
          q,
          at,
          headDim,
          block.keys()[layer],
          kvHead * headDim * BLOCK,
          scale,
          scores,
          block.start());
      blocks++;
    }
    float sum = softmax(scores, length);
    for (int d = 0; d < headDim; d += COUNT) {
      FloatVector mix = FloatVector.zero(FLOATS);
      var inside = FLOATS.indexInRange(d, headDim);
      for (int b = 0; b < blocks; b++) {
        CpuKvCache.Block block = cache.block(b);
        int count = Math.min(length, cache.blockEnd(b)) - block.start();
        mix =
            mix(
                mix,
                block.values()[layer],
                kvHead * BLOCK * headDim + d,
                headDim,
                scores,
                block.start(),
                count,
                inside);
      }
      mix.div(sum).intoArray(out, to + d, inside);
    }
  }

  /** {@code scores[start + p] = scale * q · k(p)} for all p in a block. */
  private static void scores(
      float[] q,
      int at,
      int headDim,
      float[] keys,
      int from,
      float scale,
      float[] scores,
      int start) {
    for (int p = 0; p < BLOCK; p += COUNT) {
      FloatVector dot = FloatVector.zero(FLOATS);
      int k = from + p;
      for (int d = 0; d < headDim; d++, k += BLOCK) {
        dot = FloatVector.fromArray(FLOATS, keys, k).fma(Lanes.broadcast(q[at + d]), dot);
      }
      dot.mul(scale).intoArray(scores, start + p);
    }
  }

  /** {@code scores = exp(scores - max)} over n values; returns their sum. */
  private static float softmax(float[] scores, int n) {
    FloatVector top = Lanes.broadcast(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += COUNT) {
      var inside = FLOATS.indexInRange(i, n);
      top = top.lanewise(VectorOperators.MAX, FloatVector.fromArray(FLOATS, scores, i), inside);
    }
    float max = top.reduceLanes(VectorOperators.MAX);
    FloatVector sums = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += COUNT) {
      var inside = FLOATS.indexInRange(i, n);
      FloatVector e = Lanes.exp(FloatVector.fromArray(FLOATS, scores, i).sub(max));
      e.intoArray(scores, i);
      sums = sums.add(e, inside);
    }
    return Lanes.sum(sums);
  }

  private static FloatVector mix(
      FloatVector mix,
      float[] values,
      int from,
      int headDim,
      float[] scores,
      int start,
      int count,
      VectorMask<Float> inside) {
    FloatVector sum = mix;
    for (int p = 0; p < count; p++) {
      sum =
          FloatVector.fromArray(FLOATS, values, from + p * headDim, inside)
              .fma(Lanes.broadcast(scores[start + p]), sum);
    }
    return sum;
  }
}
