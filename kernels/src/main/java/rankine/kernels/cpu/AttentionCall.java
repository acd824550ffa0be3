package rankine.kernels.cpu;

import rankine.kernels.AttentionScores;

/**
 * The operands of {@link CpuKernels#attend}: one head for some queries of a sequence, or some heads
 * of one query that share a key/value head. Each worker has one instance for all calls, so decoding
 * a token allocates none.
 */
final class AttentionCall {
  /** Queries at most. */
  static final int QUERIES = 4;

  /** Queries of this call. */
  int count;

  /** Queries, [headDim] each, the first at {@code at}, the next {@code step} floats later. */
  float[] q;

  int at;
  int step;

  CpuKvCache cache;
  int layer;

  /** Key/value head to read. */
  int kvHead;

  /** One more than the last position that each query sees, [count]. */
  final int[] lengths = new int[QUERIES];

  AttentionScores rule;

  /** Scratch: for each of QUERIES queries at least its length + {@link CpuKvCache#BLOCK}. */
  float[] scores = {};

  /** Scratch: the sum of each softmax. */
  final float[] sums = new float[QUERIES];

  /** Outputs, [headDim] each, the first at {@code to}, the next {@code outStep} floats later. */
  float[] out;

  int to;
  int outStep;

  int headDim() {
    return cache.shape().headDim();
  }

  /** The first position that query i sees. */
  int first(int i) {
    return rule.first(lengths[i]);
  }
}
