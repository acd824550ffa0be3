package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * Rows of W turned into the panel that {@link RowMajorMicroKernel} reads: float32, outputs side by
 * side, features by the lane that sums them.
 */
final class RowMajorPanel {
  /** Outputs of a panel. */
  static final int ROWS = RowMajorMicroKernel.COLS;

  /** Where a panel begins in its array. */
  static final int START = CacheLine.FLOATS;

  /** Features of a row that are widened at a time. */
  private static final int BLOCK = 512;

  private final LaneTranspose square = new LaneTranspose();

  /** Floats from a row of {@code wide} to the next: a line more than a block. */
  private static final int WIDE = BLOCK + COUNT;

  /** Binary16 on its way, COUNT rows of a block in float32. */
  private final float[] wide = new float[START + COUNT * WIDE];

  /** Where a square's rows begin in {@code wide}. */
  private final int[] rows = new int[COUNT];

  /** Whether rows of W are whole vectors, the only ones that {@link #pack} takes. */
  static boolean takes(Matrix w) {
    int features = w.dtype() == DType.BF16 ? 2 * COUNT : COUNT;
    return LaneTranspose.possible() && w.rowContiguous() && w.cols() % features == 0;
  }

  /**
   * Floats between the parts of a panel: a line more, or all would meet in one set of the cache.
   */
  static int stride(int features) {
    return features / COUNT * ROWS + COUNT;
  }

  /** Floats of a panel. */
  static int floats(int features) {
    return START + COUNT * stride(features);
  }

  /**
   * Rows {@code o} to {@code o + ROWS} of W. One long method on purpose: C2 inlines none beyond 325
   * bytecodes, and this one inlined would leave its caller no room for its own vectors.
   *
   * @param panel W(o + i, l + j · COUNT) at {@code START + l * stride + j * ROWS + i}
   */
  void pack(Matrix w, int o, float[] panel) {
    MemorySegment data = w.data();
    int bytes = w.dtype().bytes();
    int features = w.cols();
    long rowBytes = w.rowStride() * bytes;
    int stride = stride(features);
    for (int i = 0; i < ROWS; i += COUNT) {
      long start = (o + i) * rowBytes;
      switch (w.dtype()) {
        case F32 -> {
          for (int c = 0; c < features; c += COUNT) {
            square.read(data, start + (long) c * bytes, rowBytes);
            square.f32(panel, START + c / COUNT * ROWS + i, stride);
          }
        }
        case F16 -> {
          for (int block = 0; block < features; block += BLOCK) {
            int count = Math.min(BLOCK, features - block);
            for (int r = 0; r < COUNT; r++) {
              long from = start + r * rowBytes + (long) block * bytes;
              Binary16.widen(data, from, count, wide, START + r * WIDE);
            }
            for (int c = 0; c < count; c += COUNT) {
              for (int r = 0; r < COUNT; r++) {
                rows[r] = START + r * WIDE + c;
              }
              square.read(wide, rows);
              square.f32(panel, START + (block + c) / COUNT * ROWS + i, stride);
            }
          }
        }
        case BF16 -> {
          for (int c = 0; c < features; c += 2 * COUNT) {
            square.read(data, start + (long) c * bytes, rowBytes);
            square.bf16(panel, START + c / COUNT * ROWS + i, stride, ROWS);
          }
        }
      }
    }
  }
}
