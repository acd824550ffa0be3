package rankine.kernels.cpu;

import static rankine.kernels.cpu.ActivationRows.START;
import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.PARTIALS;

import java.lang.foreign.MemorySegment;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * Packs rows of W into the panel that {@link RowMajorMicroKernel} reads: float32, outputs
 * contiguous, features grouped by the partial sum that takes them.
 */
final class RowMajorPanel {
  /** Outputs per panel. */
  static final int ROWS = RowMajorMicroKernel.COLS;

  /** Features of a row widened per block. */
  private static final int BLOCK = 512;

  /** Floats between widened rows: a block and a cache line. */
  private static final int WIDENED_STRIDE = BLOCK + COUNT;

  /** Floats of COUNT rows of a block of binary16, widened to float32. */
  static final int WIDENED = START + COUNT * WIDENED_STRIDE;

  private RowMajorPanel() {}

  /** Returns whether {@link #pack} supports W: row-major, with whole PARTIALS of features. */
  static boolean supports(Matrix w) {
    // Two for bfloat16, which the widest vectors need; the same everywhere, as the route is.
    int features = w.dtype() == DType.BF16 ? 2 * PARTIALS : PARTIALS;
    return LaneTranspose.supported() && w.rowContiguous() && w.cols() % features == 0;
  }

  /**
   * Floats between two parts of a panel, padded by a cache line: otherwise all parts would map to
   * one cache set.
   */
  static int stride(int features) {
    return features / PARTIALS * ROWS + PARTIALS;
  }

  /** Length of an array for a panel. */
  static int floats(int features) {
    return START + PARTIALS * stride(features);
  }

  /**
   * Packs rows {@code o} to {@code o + ROWS} of W. One long method on purpose: C2 inlines none of
   * more than 325 bytecodes, and this one, inlined, would leave its callers no room for their own
   * vectors.
   *
   * @param scratch its panel takes W(o + i, l + j · PARTIALS) at {@code START + l * stride + j *
   *     ROWS + i}; it has room for {@link #floats} there, and for {@link #WIDENED}
   */
  static void pack(Matrix w, int o, GemmScratch.WorkerScratch scratch) {
    float[] panel = scratch.panel;
    LaneTranspose transpose = scratch.transpose;
    float[] widened = scratch.widened;
    int[] rows = scratch.rows;
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
            transpose.read(data, start + (long) c * bytes, rowBytes);
            int to = START + c % PARTIALS * stride + c / PARTIALS * ROWS + i;
            transpose.writeF32(panel, to, stride);
          }
        }
        case F16 -> {
          for (int block = 0; block < features; block += BLOCK) {
            int count = Math.min(BLOCK, features - block);
            for (int r = 0; r < COUNT; r++) {
              long from = start + r * rowBytes + (long) block * bytes;
              Binary16.widen(data, from, count, widened, START + r * WIDENED_STRIDE);
            }
            for (int c = 0; c < count; c += COUNT) {
              for (int r = 0; r < COUNT; r++) {
                rows[r] = START + r * WIDENED_STRIDE + c;
              }
              transpose.read(widened, rows);
              int to = START + c % PARTIALS * stride + (block + c) / PARTIALS * ROWS + i;
              transpose.writeF32(panel, to, stride);
            }
          }
        }
        case BF16 -> {
          for (int c = 0; c < features; c += 2 * COUNT) {
            transpose.read(data, start + (long) c * bytes, rowBytes);
            int to = START + c % PARTIALS * stride + c / PARTIALS * ROWS + i;
            transpose.writeBf16(panel, to, stride, COUNT == PARTIALS ? ROWS : COUNT * stride);
          }
        }
      }
    }
  }
}
