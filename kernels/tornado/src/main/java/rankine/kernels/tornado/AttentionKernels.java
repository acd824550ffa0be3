package rankine.kernels.tornado;

import java.util.List;
import rankine.kernels.KvShape;
import rankine.kernels.Op;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Op.Attention} for few rows, one KV block at a time, with online softmax (Milakov and
 * Gimelshein 2018; Dao et al. 2022, FlashAttention): the scores of {@value OpEncoding#BLOCK}
 * positions at a time, in local memory only.
 *
 * <p>Few rows have too few heads for a large device. So the KV blocks of a long context are split
 * among several groups, and a second kernel combines their results (split-K; Dao et al. 2023,
 * Flash-Decoding). {@link #splits} depends on the blocks of a row only, so a row has the same bits
 * beside any other rows. A row that reads one block more than {@link #MIN_SPLIT_BLOCKS} {@code - 1}
 * adds in another order than without a split, so its last bits differ.
 */
final class AttentionKernels {
  /** Work-items per group: four per position of a KV block, so that many loads are on their way. */
  static final int GROUP = 256;

  /** Positions of a KV block, which the first work-items share out. */
  private static final int BLOCK = OpEncoding.BLOCK;

  /** Neighbouring work-items that share a score: they read 32 neighbouring bytes of a key. */
  private static final int TEAM = 8;

  /** Scores that the group computes at a time. */
  private static final int TEAMS = GROUP / TEAM;

  /** Floats between the parts of two scores: one more than a team has, against bank conflicts. */
  private static final int PARTS = TEAM + 1;

  /** Maximum features per head. */
  static final int MAX_HEAD_DIM = 256;

  /**
   * KV blocks from which a row is split. Below, the second launch (a few µs) would cost more than
   * the groups save: a block of 16 heads of 256 features has 2 MB of keys and values, which 16
   * multiprocessors of 132 read in 5 µs at best.
   */
  static final int MIN_SPLIT_BLOCKS = 4;

  /** Maximum splits of a row: 16 heads then have four groups for each multiprocessor of 132. */
  static final int MAX_SPLITS = 32;

  /** Maximum and sum of a split's softmax. */
  private static final int STATISTICS = 2;

  static final float LOWEST = -3e38f;

  private AttentionKernels() {}

  /** The groups among which the KV blocks that a row reads are divided. */
  static int splits(int blocks) {
    int splits = TornadoMath.min(blocks, MAX_SPLITS);
    if (blocks < MIN_SPLIT_BLOCKS) {
      splits = TornadoMath.min(blocks, 1);
    }
    return splits;
  }

  /**
   * Floats of the scratch of a program: for each row, head and split the weighted sum of the values
   * [GEMV_MAX_ROWS][heads][MAX_SPLITS][headDim], then maximum and sum of the softmax
   * [GEMV_MAX_ROWS][heads][MAX_SPLITS][2].
   */
  static long scratchElements(List<Op> program, KvShape shape) {
    long heads = 0;
    for (Op op : program) {
      heads = Math.max(heads, op instanceof Op.Attention attention ? attention.heads() : 0);
    }
    return DeviceOp.GEMV_MAX_ROWS * heads * MAX_SPLITS * (shape.headDim() + STATISTICS);
  }

  /** Offset of maximum and sum of the first split, from the start of the scratch. */
  private static int statistics(int heads, int headDim) {
    return DeviceOp.GEMV_MAX_ROWS * heads * MAX_SPLITS * headDim;
  }

  /** Offset in the tables of the token that a row of an operation computes. */
  static int token(IntArray control, IntArray tables, int op, int row) {
    int token = row;
    if (tables.get(op + OpEncoding.DOMAIN) == 1) {
      token = tables.get(control.get(OpEncoding.LOGIT_ROW_LIST) + row);
    }
    return control.get(OpEncoding.BATCH) + token * OpEncoding.TOKEN_INTS;
  }

  /** The index in a block list of the KV block that holds a position. */
  static int blockOf(IntArray tables, int list, int position) {
    int block = 0;
    int end = tables.get(list);
    while (end - block > 1) {
      int middle = (block + end) / 2;
      if (tables.get(list + 1 + OpEncoding.BLOCK_INTS * middle) <= position) {
        block = middle;
      } else {
        end = middle;
      }
    }
    return block;
  }

  /** Computes one head of one row for one split, the last of the three the slowest to change. */
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
    float[] scores = c.allocateFloatLocalArray(BLOCK);
    float[] tree = c.allocateFloatLocalArray(BLOCK);
    float[] parts = c.allocateFloatLocalArray(BLOCK * PARTS);
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int member = lane % TEAM;
    int heads = tables.get(op + OpEncoding.HEADS);
    int headDim = tables.get(op + OpEncoding.HEAD_DIM);
    int kvHeads = tables.get(op + OpEncoding.IN_WIDTH);
    int kvWidth = kvHeads * headDim;
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int split = c.groupIdx / TornadoMath.max(1, rows * heads);
    int part = c.groupIdx % TornadoMath.max(1, rows * heads); // [row][head]
    int head = part % heads;
    int kvHead = head * kvHeads / heads;
    int length = 0;
    int first = 0; // the first position of the window
    int list = 0;
    int firstBlock = 0;
    int blocks = 0;
    if (rows > 0) { // else a group of a graph runs for no row
      int token = token(control, tables, op, part / heads);
      length = tables.get(token + OpEncoding.POSITION) + 1;
      first = TornadoMath.max(0, length - tables.get(op + OpEncoding.WINDOW));
      list = control.get(OpEncoding.BATCH) + tables.get(token + OpEncoding.BLOCKS);
      firstBlock = blockOf(tables, list, first);
      blocks = blockOf(tables, list, length - 1) + 1 - firstBlock;
    }
    int splits = splits(blocks);
    int divisor = TornadoMath.max(1, splits);
    int fromBlock = firstBlock + blocks * TornadoMath.min(split, splits) / divisor;
    int toBlock = firstBlock + blocks * TornadoMath.min(split + 1, splits) / divisor;
    int last = tables.get(list) - 1;
    int in = tables.get(op + OpEncoding.IN) + part * headDim;
    int layer = tables.get(op + OpEncoding.LAYER_OFFSET);
    int scalars = tables.get(op + OpEncoding.SCALAR);
    float scale = floats.get(scalars);
    float cap = floats.get(scalars + 1);
    for (int d = lane; d < headDim; d += GROUP) {
      q[d] = floats.get(in + d);
      accumulator[d] = 0;
    }
    float max = LOWEST;
    float sum = 0;
    for (int b = fromBlock; b < toBlock; b++) {
      int block = list + 1 + OpEncoding.BLOCK_INTS * b;
      int start = tables.get(block);
      int end = length;
      if (b < last) {
        end = TornadoMath.min(length, tables.get(block + OpEncoding.BLOCK_INTS));
      }
      int count = end - start;
      int skipped = TornadoMath.max(0, first - start);
      int keys = tables.get(block + 1) + layer + kvHead * headDim;
      int array = tables.get(block + 2);
      c.localBarrier();
      for (int p = lane / TEAM; p < count; p += TEAMS) {
        int key = keys + p * kvWidth;
        float product = 0;
        for (int d = member; d < headDim; d += TEAM) {
          product =
              product
                  + q[d]
                      * WeightLoads.float32(
                          floats, floats1, floats2, floats3, arrays, array, key + d);
        }
        parts[p * PARTS + member] = product;
      }
      c.localBarrier();
      float score = LOWEST;
      if (lane >= skipped && lane < count) {
        float dot = 0;
        for (int i = 0; i < TEAM; i++) {
          dot = dot + parts[lane * PARTS + i];
        }
        score = capped(dot * scale, cap);
      }
      if (lane < BLOCK) {
        tree[lane] = score;
      }
      for (int half = BLOCK / 2; half > 0; half = half / 2) {
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
      if (lane < BLOCK) {
        scores[lane] = weight;
        tree[lane] = weight;
      }
      for (int half = BLOCK / 2; half > 0; half = half / 2) {
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
    if (split < splits) {
      int to = tables.get(op + OpEncoding.OUT) + part * headDim;
      float divided = sum;
      if (splits > 1) {
        int scratch = tables.get(op + OpEncoding.SECOND_OPERAND);
        int at = part * MAX_SPLITS + split;
        to = scratch + at * headDim;
        divided = 1;
        if (lane == 0) {
          int statistics = scratch + statistics(heads, headDim) + STATISTICS * at;
          floats.set(statistics, max);
          floats.set(statistics + 1, sum);
        }
      }
      for (int d = lane; d < headDim; d += GROUP) {
        floats.set(to + d, accumulator[d] / divided);
      }
    }
  }

  /** A score with the cap, if there is one. */
  static float capped(float score, float cap) {
    float result = score;
    if (cap > 0) {
      result = ElementwiseKernels.softCap(score, cap);
    }
    return result;
  }

  /**
   * Combines the splits of one head of one row, in ascending order. A row of one split has its
   * result already.
   */
  static void combineSplits(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    float[] weights = c.allocateFloatLocalArray(MAX_SPLITS);
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int heads = tables.get(op + OpEncoding.HEADS);
    int headDim = tables.get(op + OpEncoding.HEAD_DIM);
    int rows = control.get(OpEncoding.TOKENS + tables.get(op + OpEncoding.DOMAIN));
    int splits = 0;
    if (rows > 0) {
      int token = token(control, tables, op, c.groupIdx / heads);
      int length = tables.get(token + OpEncoding.POSITION) + 1;
      int first = TornadoMath.max(0, length - tables.get(op + OpEncoding.WINDOW));
      int list = control.get(OpEncoding.BATCH) + tables.get(token + OpEncoding.BLOCKS);
      splits = splits(blockOf(tables, list, length - 1) + 1 - blockOf(tables, list, first));
    }
    int scratch = tables.get(op + OpEncoding.SECOND_OPERAND);
    int at = c.groupIdx * MAX_SPLITS;
    int outputs = scratch + at * headDim;
    int statistics = scratch + statistics(heads, headDim) + STATISTICS * at;
    float max = LOWEST;
    float weight = 0;
    if (splits > 1) {
      for (int s = 0; s < splits; s++) {
        max = TornadoMath.max(max, floats.get(statistics + STATISTICS * s));
      }
      if (lane < splits) {
        weight = TornadoMath.exp(floats.get(statistics + STATISTICS * lane) - max);
      }
    }
    if (lane < MAX_SPLITS) {
      weights[lane] = weight;
    }
    c.localBarrier();
    if (splits > 1) {
      float sum = 0;
      for (int s = 0; s < splits; s++) {
        sum = sum + weights[s] * floats.get(statistics + STATISTICS * s + 1);
      }
      int to = tables.get(op + OpEncoding.OUT) + c.groupIdx * headDim;
      for (int d = lane; d < headDim; d += GROUP) {
        float value = 0;
        for (int s = 0; s < splits; s++) {
          value = value + weights[s] * floats.get(outputs + s * headDim + d);
        }
        floats.set(to + d, value / sum);
      }
    }
  }
}
