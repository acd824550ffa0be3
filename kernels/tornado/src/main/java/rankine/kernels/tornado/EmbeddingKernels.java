package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/** Row copies: embedding lookups, gathers and KV appends; one group per row. */
final class EmbeddingKernels {
  /** Work-items per group: a row of a decoded token is copied by one group. */
  static final int GROUP = 256;

  private EmbeddingKernels() {}

  /** {@link rankine.kernels.Op.Embed}. */
  static void embed(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int row = c.groupIdx;
    int token = control.get(OpEncoding.BATCH) + row * OpEncoding.TOKEN_INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int dtypeCode = tables.get(op + OpEncoding.DTYPE);
    int colStride = tables.get(op + OpEncoding.COL_STRIDE);
    int array = tables.get(op + OpEncoding.ARRAY);
    int weight = tables.get(op + OpEncoding.WEIGHT);
    int from = tables.get(token + OpEncoding.ID) * tables.get(op + OpEncoding.ROW_STRIDE);
    int to = tables.get(op + OpEncoding.OUT) + row * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(
          to + i,
          WeightLoads.get(
              floats,
              floats1,
              floats2,
              floats3,
              halves,
              halves1,
              halves2,
              halves3,
              arrays,
              array,
              dtypeCode,
              weight,
              from + i * colStride));
    }
  }

  /** {@link rankine.kernels.Op.AddPosition}. */
  static void addPosition(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      LongArray halves,
      LongArray halves1,
      LongArray halves2,
      LongArray halves3,
      int arrays,
      int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int row = c.groupIdx;
    int token = control.get(OpEncoding.BATCH) + row * OpEncoding.TOKEN_INTS;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int dtypeCode = tables.get(op + OpEncoding.DTYPE);
    int colStride = tables.get(op + OpEncoding.COL_STRIDE);
    int array = tables.get(op + OpEncoding.ARRAY);
    int weight = tables.get(op + OpEncoding.WEIGHT);
    int from = tables.get(token + OpEncoding.POSITION) * tables.get(op + OpEncoding.ROW_STRIDE);
    int to = tables.get(op + OpEncoding.OUT) + row * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(
          to + i,
          floats.get(to + i)
              + WeightLoads.get(
                  floats,
                  floats1,
                  floats2,
                  floats3,
                  halves,
                  halves1,
                  halves2,
                  halves3,
                  arrays,
                  array,
                  dtypeCode,
                  weight,
                  from + i * colStride));
    }
  }

  /** {@link rankine.kernels.Op.GatherRows}. */
  static void gatherRows(
      KernelContext c, IntArray control, IntArray tables, FloatArray floats, int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    int row = c.groupIdx;
    int width = tables.get(op + OpEncoding.OUT_WIDTH);
    int token = tables.get(control.get(OpEncoding.LOGIT_ROW_LIST) + row);
    int from = tables.get(op + OpEncoding.IN) + token * width;
    int to = tables.get(op + OpEncoding.OUT) + row * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(to + i, floats.get(from + i));
    }
  }

  /** {@link rankine.kernels.Op.AppendKv}: keys are the input, values the second operand. */
  static void appendKv(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      int arrays,
      int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    appendRow(c, control, tables, floats, floats1, floats2, floats3, arrays, op);
  }

  /** {@link rankine.kernels.Op.Rotary} of queries, then of keys, and AppendKv of these keys. */
  static void appendRotated(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      int arrays,
      int task) {
    int op = control.get(OpEncoding.OPS) + task * OpEncoding.INTS;
    ElementwiseKernels.rotate(c, control, tables, floats, op);
    ElementwiseKernels.rotate(c, control, tables, floats, op + OpEncoding.INTS);
    c.globalBarrier();
    appendRow(
        c, control, tables, floats, floats1, floats2, floats3, arrays, op + 2 * OpEncoding.INTS);
  }

  private static void appendRow(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      FloatArray floats1,
      FloatArray floats2,
      FloatArray floats3,
      int arrays,
      int op) {
    int row = c.groupIdx;
    int token = control.get(OpEncoding.BATCH) + row * OpEncoding.TOKEN_INTS;
    int width = tables.get(op + OpEncoding.IN_WIDTH);
    int keys = tables.get(op + OpEncoding.IN) + row * width;
    int values = tables.get(op + OpEncoding.SECOND_OPERAND) + row * width;
    int array = tables.get(token + OpEncoding.KEY_ARRAY);
    int to = tables.get(token + OpEncoding.KEYS) + tables.get(op + OpEncoding.LAYER_OFFSET);
    if (arrays == 1 || array == 0) {
      append(c, floats, keys, values, width, floats, to);
    } else if (arrays == 2 || array == 1) {
      append(c, floats, keys, values, width, floats1, to);
    } else if (arrays == 3 || array == 2) {
      append(c, floats, keys, values, width, floats2, to);
    } else {
      append(c, floats, keys, values, width, floats3, to);
    }
  }

  private static void append(
      KernelContext c,
      FloatArray floats,
      int keys,
      int values,
      int width,
      FloatArray cache,
      int to) {
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      cache.set(to + i, floats.get(keys + i));
      cache.set(to + OpEncoding.BLOCK * width + i, floats.get(values + i));
    }
  }
}
