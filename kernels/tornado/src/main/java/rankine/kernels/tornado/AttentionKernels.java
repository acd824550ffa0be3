package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link rankine.kernels.Op.Attention}, one KV block at a time, with online softmax (Milakov and
 * Gimelshein 2018; Dao et al. 2022, FlashAttention): the scores of {@value OpEncoding#BLOCK}
 * positions at a time, in local memory only.
 */
final class AttentionKernels {
  /** Work-items per group: one per position of a KV block. */
  static final int GROUP = OpEncoding.BLOCK;

  /** Neighbouring work-items that share a score: they read 32 neighbouring bytes of a key. */
  private static final int TEAM = 8;

  /** Scores that the group computes at a time. */
  private static final int TEAMS = GROUP / TEAM;

  /** Floats between the parts of two scores: one more than a team has, against bank conflicts. */
  private static final int PARTS = TEAM + 1;

  /** Maximum features per head. */
  static final int MAX_HEAD_DIM = 256;

  private static final float LOWEST = -3e38f;

  private AttentionKernels() {}

  /** A group computes one head of one query. */
  static void attention(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      int arrays,
      int task) {
    float[] q = c.allocateFloatLocalArray(MAX_HEAD_DIM);
    float[] accumulator = c.allocateFloatLocalArray(MAX_HEAD_DIM);
    float[] scores = c.allocateFloatLocalArray(GROUP);
    float[] tree = c.allocateFloatLocalArray(GROUP);
    float[] parts = c.allocateFloatLocalArray(GROUP * PARTS);
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int batch = control.get(OpEncoding.BATCH);
    int lane = c.localIdx;
    int member = lane % TEAM;
    int heads = tables.get(op + OpEncoding.HEADS);
    int headDim = tables.get(op + OpEncoding.HEAD_DIM);
    int kvHeads = tables.get(op + OpEncoding.IN_WIDTH);
    int kvWidth = kvHeads * headDim;
    int row = c.groupIdx / heads;
    int head = c.groupIdx % heads;
    int kvHead = head * kvHeads / heads;
    int token = row;
    if (tables.get(op + OpEncoding.DOMAIN) == 1) {
      token = tables.get(control.get(OpEncoding.LOGIT_ROW_LIST) + row);
    }
    int of = batch + token * OpEncoding.TOKEN_INTS;
    int length = tables.get(of + OpEncoding.POSITION) + 1;
    int list = batch + tables.get(of + OpEncoding.BLOCKS);
    int blocks = tables.get(list);
    int from = tables.get(op + OpEncoding.IN) + row * heads * headDim + head * headDim;
    int layer = tables.get(op + OpEncoding.LAYER_OFFSET);
    int scalars = tables.get(op + OpEncoding.SCALAR);
    float scale = floats.get(scalars);
    float cap = floats.get(scalars + 1);
    int first = TornadoMath.max(0, length - tables.get(op + OpEncoding.WINDOW));
    int firstBlock = 0; // the block that holds the first position of the window
    for (int b = 1; b < blocks; b++) {
      if (tables.get(list + 1 + OpEncoding.BLOCK_INTS * b) <= first) {
        firstBlock = b;
      }
    }
    for (int d = lane; d < headDim; d += GROUP) {
      q[d] = floats.get(from + d);
      accumulator[d] = 0;
    }
    float max = LOWEST;
    float sum = 0;
    for (int b = firstBlock; b < blocks; b++) {
      int block = list + 1 + OpEncoding.BLOCK_INTS * b;
      int start = tables.get(block);
      int end = length;
      if (b + 1 < blocks) {
        end = TornadoMath.min(length, tables.get(block + OpEncoding.BLOCK_INTS));
      }
      int count = end - start;
      int skipped = TornadoMath.max(0, first - start);
      int keys = tables.get(block + 1) + layer + kvHead * headDim;
      int array = tables.get(block + 2);
      c.localBarrier();
      for (int p = lane / TEAM; p < count; p += TEAMS) {
        int key = keys + p * kvWidth;
        float part = 0;
        for (int d = member; d < headDim; d += TEAM) {
          part =
              part
                  + q[d]
                      * WeightLoads.float32(
                          floats, floats1, floats2, floats3, arrays, array, key + d);
        }
        parts[p * PARTS + member] = part;
      }
      c.localBarrier();
      float score = LOWEST;
      if (lane >= skipped && lane < count) {
        float dot = 0;
        for (int i = 0; i < TEAM; i++) {
          dot = dot + parts[lane * PARTS + i];
        }
        score = dot * scale;
        if (cap > 0) {
          score = ElementwiseKernels.softCap(score, cap);
        }
      }
      tree[lane] = score;
      for (int half = GROUP / 2; half > 0; half = half / 2) {
        c.localBarrier();
        if (lane < half) {
          tree[lane] = TornadoMath.max(tree[lane], tree[lane + half]);
        }
      }
      c.localBarrier();
      float newMax = TornadoMath.max(max, tree[0]);
      float correction = TornadoMath.exp(max - newMax);
      float weight = 0;
      if (lane >= skipped && lane < count) {
        weight = TornadoMath.exp(score - newMax);
      }
      c.localBarrier();
      scores[lane] = weight;
      tree[lane] = weight;
      for (int half = GROUP / 2; half > 0; half = half / 2) {
        c.localBarrier();
        if (lane < half) {
          tree[lane] = tree[lane] + tree[lane + half];
        }
      }
      c.localBarrier();
      sum = sum * correction + tree[0];
      max = newMax;
      int values = keys + OpEncoding.BLOCK * kvWidth;
      for (int d = lane; d < headDim; d += GROUP) {
        float value = accumulator[d] * correction;
        for (int p = skipped; p < count; p++) {
          value =
              value
                  + scores[p]
                      * WeightLoads.float32(
                          floats,
                          floats1,
                          floats2,
                          floats3,
                          arrays,
                          array,
                          values + p * kvWidth + d);
        }
        accumulator[d] = value;
      }
    }
    int to = tables.get(op + OpEncoding.OUT) + row * heads * headDim + head * headDim;
    for (int d = lane; d < headDim; d += GROUP) {
      floats.set(to + d, accumulator[d] / sum);
    }
  }
}
