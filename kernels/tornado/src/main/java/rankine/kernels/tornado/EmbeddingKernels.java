package rankine.kernels.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/** Rows of tables, and rows of slots: a group of work-items a row. */
final class EmbeddingKernels {
  private EmbeddingKernels() {}

  /** {@link rankine.kernels.Op.Embed}. */
  static void embed(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    int op = control.get(Row.OPS) + task * Row.INTS;
    int row = c.groupIdx;
    int token = control.get(Row.BATCH) + row * Row.TOKEN_INTS;
    int width = tables.get(op + Row.OUT_WIDTH);
    int kind = tables.get(op + Row.STORED);
    int colStride = tables.get(op + Row.COL_STRIDE);
    int weight = tables.get(op + Row.WEIGHT);
    int from = tables.get(token + Row.ID) * tables.get(op + Row.ROW_STRIDE);
    int to = tables.get(op + Row.OUT) + row * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(to + i, Stored.get(floats, halves, kind, weight, from + i * colStride));
    }
  }

  /** {@link rankine.kernels.Op.AddPosition}. */
  static void addPosition(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    int op = control.get(Row.OPS) + task * Row.INTS;
    int row = c.groupIdx;
    int token = control.get(Row.BATCH) + row * Row.TOKEN_INTS;
    int width = tables.get(op + Row.OUT_WIDTH);
    int kind = tables.get(op + Row.STORED);
    int colStride = tables.get(op + Row.COL_STRIDE);
    int weight = tables.get(op + Row.WEIGHT);
    int from = tables.get(token + Row.POSITION) * tables.get(op + Row.ROW_STRIDE);
    int to = tables.get(op + Row.OUT) + row * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(
          to + i,
          floats.get(to + i) + Stored.get(floats, halves, kind, weight, from + i * colStride));
    }
  }

  /** {@link rankine.kernels.Op.Select}. */
  static void takeWanted(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    int op = control.get(Row.OPS) + task * Row.INTS;
    int row = c.groupIdx;
    int width = tables.get(op + Row.OUT_WIDTH);
    int token = tables.get(control.get(Row.WANTED_LIST) + row);
    int from = tables.get(op + Row.IN) + token * width;
    int to = tables.get(op + Row.OUT) + row * width;
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(to + i, floats.get(from + i));
    }
  }

  /** {@link rankine.kernels.Op.StoreKeysValues}: keys are the input, values the other operand. */
  static void storeKeysValues(
      KernelContext c,
      IntArray control,
      IntArray tables,
      FloatArray floats,
      LongArray halves,
      int task) {
    int op = control.get(Row.OPS) + task * Row.INTS;
    int row = c.groupIdx;
    int token = control.get(Row.BATCH) + row * Row.TOKEN_INTS;
    int width = tables.get(op + Row.IN_WIDTH);
    int keys = tables.get(op + Row.IN) + row * width;
    int values = tables.get(op + Row.OTHER) + row * width;
    int to = tables.get(token + Row.KEYS) + tables.get(op + Row.EXTRA);
    for (int i = c.localIdx; i < width; i += c.localGroupSizeX) {
      floats.set(to + i, floats.get(keys + i));
      floats.set(to + Row.BLOCK * width + i, floats.get(values + i));
    }
  }
}
