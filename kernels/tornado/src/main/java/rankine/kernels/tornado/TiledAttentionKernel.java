package rankine.kernels.tornado;

import rankine.kernels.Op;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Op.Attention} for many rows: a group computes one head of a tile, up to {@value #ROWS}
 * rows of one sequence, so that it reads a key or value once for all of them (Dao et al. 2022,
 * FlashAttention; each row with an online softmax of its own). A product adds in ascending order of
 * the features, a weighted sum in that of the positions, and a KV block outside of a row's window
 * changes none of its bits: a row has the same bits in every tile.
 */
final class TiledAttentionKernel {
  /** Maximum rows per tile. */
  static final int ROWS = 32;

  /** Work-items along a side of a tile: of rows, and of positions or features. */
  private static final int SIDE = 16;

  /** Work-items per group. */
  static final int GROUP = SIDE * SIDE;

  /** Rows of a tile that one work-item computes, {@link #SIDE} apart. */
  private static final int ITEM_ROWS = ROWS / SIDE;

  /** Positions of a KV block that one work-item computes, {@link #SIDE} apart. */
  private static final int ITEM_POSITIONS = OpEncoding.BLOCK / SIDE;

  /** Features of a head that one work-item computes, {@link #SIDE} apart. */
  private static final int ITEM_FEATURES = AttentionKernels.MAX_HEAD_DIM / SIDE;

  /** Features of queries and keys in local memory at a time. */
  private static final int DEPTH = 32;

  /** Floats between two rows or positions of {@link #DEPTH}: one more, against bank conflicts. */
  private static final int LINE = DEPTH + 1;

  /** Positions whose values are in local memory at a time. */
  private static final int VALUES = 16;

  /** Floats between two rows of scores: one more than a KV block has, against bank conflicts. */
  private static final int SCORES = OpEncoding.BLOCK + 1;

  /** Neighbouring work-items that share the softmax of a row. */
  private static final int SHARES = GROUP / ROWS;

  private TiledAttentionKernel() {}

  /** Computes one head of one tile; the heads of a tile are neighbours. */
  static void tiledAttention(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      int arrays,
      int task) {
    float[] queries = c.allocateFloatLocalArray(ROWS * LINE);
    // Keys [position of a block][LINE], then values [position][MAX_HEAD_DIM].
    float[] staged = c.allocateFloatLocalArray(VALUES * AttentionKernels.MAX_HEAD_DIM);
    float[] scores = c.allocateFloatLocalArray(ROWS * SCORES);
    float[] shares = c.allocateFloatLocalArray(GROUP);
    float[] perRow = c.allocateFloatLocalArray(ROWS); // corrections, in the end sums
    // Registers: where they are indexed, loops unroll and indices are constants.
    float[] sums = new float[ITEM_ROWS * ITEM_FEATURES]; // [row][feature]
    float[] dots = new float[ITEM_ROWS * ITEM_POSITIONS]; // [row][position]
    float[] x = new float[ITEM_ROWS];
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int lane = c.localIdx;
    int column = lane % SIDE;
    int itemRow = lane / SIDE; // of ITEM_ROWS the first
    int share = lane % SHARES;
    int softmaxRow = lane / SHARES;
    int heads = tables.get(op + OpEncoding.HEADS);
    int headDim = tables.get(op + OpEncoding.HEAD_DIM);
    int kvHeads = tables.get(op + OpEncoding.IN_WIDTH);
    int kvWidth = kvHeads * headDim;
    int window = tables.get(op + OpEncoding.WINDOW);
    int head = c.groupIdx % heads;
    int tile =
        control.get(OpEncoding.TILES + tables.get(op + OpEncoding.DOMAIN))
            + c.groupIdx / heads * OpEncoding.TILE_INTS;
    int firstRow = tables.get(tile);
    int rows = tables.get(tile + 1);
    int firstToken = AttentionKernels.token(control, tables, op, firstRow);
    int lastToken = AttentionKernels.token(control, tables, op, firstRow + rows - 1);
    int list = control.get(OpEncoding.BATCH) + tables.get(firstToken + OpEncoding.BLOCKS);
    int lastBlock = tables.get(list) - 1;
    int tileFirst = TornadoMath.max(0, tables.get(firstToken + OpEncoding.POSITION) + 1 - window);
    int tileLength = tables.get(lastToken + OpEncoding.POSITION) + 1;
    int length = 0; // of the row whose softmax the work-item shares
    int first = 0;
    if (softmaxRow < rows) {
      int token = AttentionKernels.token(control, tables, op, firstRow + softmaxRow);
      length = tables.get(token + OpEncoding.POSITION) + 1;
      first = TornadoMath.max(0, length - window);
    }
    int scalars = tables.get(op + OpEncoding.SCALAR);
    float scale = floats.get(scalars);
    float cap = floats.get(scalars + 1);
    int layer = tables.get(op + OpEncoding.LAYER_OFFSET) + head * kvHeads / heads * headDim;
    int width = heads * headDim;
    int at = firstRow * width + head * headDim; // in queries and outputs
    int in = tables.get(op + OpEncoding.IN) + at;
    for (int i = 0; i < ITEM_ROWS * ITEM_FEATURES; i++) {
      sums[i] = 0;
    }
    float max = AttentionKernels.LOWEST;
    float sum = 0;
    int toBlock = AttentionKernels.blockOf(tables, list, tileLength - 1) + 1;
    for (int b = AttentionKernels.blockOf(tables, list, tileFirst); b < toBlock; b++) {
      int block = list + 1 + OpEncoding.BLOCK_INTS * b;
      int start = tables.get(block);
      int end = tileLength;
      if (b < lastBlock) {
        end = TornadoMath.min(tileLength, tables.get(block + OpEncoding.BLOCK_INTS));
      }
      int count = end - start;
      int keys = tables.get(block + 1) + layer;
      int array = tables.get(block + 2);

      // Products of queries and keys.
      for (int i = 0; i < ITEM_ROWS * ITEM_POSITIONS; i++) {
        dots[i] = 0;
      }
      for (int from = 0; from < headDim; from += DEPTH) {
        int feature = from + lane % DEPTH;
        c.localBarrier();
        for (int r = lane / DEPTH; r < ROWS; r += GROUP / DEPTH) {
          float value = 0;
          if (r < rows && feature < headDim) {
            value = floats.get(in + r * width + feature);
          }
          queries[r * LINE + lane % DEPTH] = value;
        }
        for (int p = lane / DEPTH; p < OpEncoding.BLOCK; p += GROUP / DEPTH) {
          float value = 0;
          if (p < count && feature < headDim) {
            value =
                WeightLoads.float32(
                    floats, floats1, floats2, floats3, arrays, array, keys + p * kvWidth + feature);
          }
          staged[p * LINE + lane % DEPTH] = value;
        }
        c.localBarrier();
        if (itemRow < rows) {
          for (int d = 0; d < DEPTH; d++) {
            for (int i = 0; i < ITEM_ROWS; i++) {
              x[i] = queries[(i * SIDE + itemRow) * LINE + d];
            }
            for (int j = 0; j < ITEM_POSITIONS; j++) {
              float key = staged[(j * SIDE + column) * LINE + d];
              for (int i = 0; i < ITEM_ROWS; i++) {
                dots[i * ITEM_POSITIONS + j] = dots[i * ITEM_POSITIONS + j] + x[i] * key;
              }
            }
          }
        }
      }
      for (int i = 0; i < ITEM_ROWS; i++) {
        for (int j = 0; j < ITEM_POSITIONS; j++) {
          scores[(i * SIDE + itemRow) * SCORES + j * SIDE + column] = dots[i * ITEM_POSITIONS + j];
        }
      }
      c.localBarrier();

      // The softmax of a row: each of its work-items takes every SHARES-th position.
      int from = TornadoMath.max(0, first - start);
      int to = TornadoMath.min(count, length - start);
      int rowScores = softmaxRow * SCORES;
      float most = AttentionKernels.LOWEST;
      for (int p = share; p < OpEncoding.BLOCK; p += SHARES) {
        if (p >= from && p < to) {
          float score = AttentionKernels.capped(scores[rowScores + p] * scale, cap);
          scores[rowScores + p] = score;
          most = TornadoMath.max(most, score);
        }
      }
      shares[lane] = most;
      c.localBarrier();
      float newMax = max;
      for (int i = 0; i < SHARES; i++) {
        newMax = TornadoMath.max(newMax, shares[softmaxRow * SHARES + i]);
      }
      float correction = TornadoMath.exp(max - newMax);
      float total = 0;
      for (int p = share; p < OpEncoding.BLOCK; p += SHARES) {
        float weight = 0;
        if (p >= from && p < to) {
          weight = TornadoMath.exp(scores[rowScores + p] - newMax);
        }
        scores[rowScores + p] = weight;
        total = total + weight;
      }
      if (share == 0) {
        perRow[softmaxRow] = correction;
      }
      c.localBarrier();
      shares[lane] = total;
      c.localBarrier();
      sum = sum * correction;
      for (int i = 0; i < SHARES; i++) {
        sum = sum + shares[softmaxRow * SHARES + i];
      }
      max = newMax;

      // The weighted sum of the values.
      for (int i = 0; i < ITEM_ROWS; i++) {
        float rowCorrection = perRow[i * SIDE + itemRow];
        for (int j = 0; j < ITEM_FEATURES; j++) {
          sums[i * ITEM_FEATURES + j] = sums[i * ITEM_FEATURES + j] * rowCorrection;
        }
      }
      int values = keys + OpEncoding.BLOCK * kvWidth;
      for (int position = 0; position < count; position += VALUES) {
        int positions = TornadoMath.min(VALUES, count - position);
        c.localBarrier();
        for (int p = itemRow; p < positions; p += SIDE) {
          for (int d = column; d < headDim; d += SIDE) {
            staged[p * AttentionKernels.MAX_HEAD_DIM + d] =
                WeightLoads.float32(
                    floats,
                    floats1,
                    floats2,
                    floats3,
                    arrays,
                    array,
                    values + (position + p) * kvWidth + d);
          }
        }
        c.localBarrier();
        if (itemRow < rows) {
          for (int p = 0; p < positions; p++) {
            for (int i = 0; i < ITEM_ROWS; i++) {
              x[i] = scores[(i * SIDE + itemRow) * SCORES + position + p];
            }
            for (int j = 0; j < ITEM_FEATURES; j++) {
              if (j * SIDE < headDim) { // the same for all work-items
                float value = staged[p * AttentionKernels.MAX_HEAD_DIM + j * SIDE + column];
                for (int i = 0; i < ITEM_ROWS; i++) {
                  sums[i * ITEM_FEATURES + j] = sums[i * ITEM_FEATURES + j] + x[i] * value;
                }
              }
            }
          }
        }
      }
    }
    c.localBarrier();
    if (share == 0) {
      perRow[softmaxRow] = sum;
    }
    c.localBarrier();
    int out = tables.get(op + OpEncoding.OUT) + at;
    for (int i = 0; i < ITEM_ROWS; i++) {
      int row = i * SIDE + itemRow;
      for (int j = 0; j < ITEM_FEATURES; j++) {
        int feature = j * SIDE + column;
        if (row < rows && feature < headDim) {
          floats.set(out + row * width + feature, sums[i * ITEM_FEATURES + j] / perRow[row]);
        }
      }
    }
  }
}
