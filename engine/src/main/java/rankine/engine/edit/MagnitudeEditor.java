package rankine.engine.edit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import rankine.common.EditException;
import rankine.engine.lowrank.PruningRate;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * The floor(ξ m n) elements of W smallest in magnitude become 0, of equals the first in row order;
 * the others keep their stored bits, and the layout stays. The threshold is found by two counting
 * passes over the bits of the magnitudes, which are ordered as the magnitudes are.
 */
final class MagnitudeEditor implements MatrixEditor {
  private static final int HALF = 1 << 16;

  /** The bits of infinity: those of every NaN are above. */
  private static final int INFINITE = 0x7f800000;

  @Override
  public Replacement edit(String name, Matrix w, PruningRate rate) {
    long elements = (long) w.rows() * w.cols();
    long removed = rate.removed(elements);
    return new Replacement.Dense(prune(name, w, removed));
  }

  private static Matrix prune(String name, Matrix w, long removed) {
    Matrix copy = copy(w);
    if (removed == 0) {
      return copy;
    }
    long[] upper = new long[HALF];
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        int bits = magnitude(w, r, c);
        if (bits >= INFINITE) {
          throw new EditException(
              "%s: expected finite elements, found %s at row %d, column %d"
                  .formatted(name, w.get(r, c), r, c));
        }
        upper[bits >>> 16]++;
      }
    }
    MagnitudeThreshold high = MagnitudeThreshold.find(upper, removed);
    long[] lower = new long[HALF];
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        int bits = magnitude(w, r, c);
        if (bits >>> 16 == high.bucket) {
          lower[bits & (HALF - 1)]++;
        }
      }
    }
    MagnitudeThreshold low = MagnitudeThreshold.find(lower, high.left);
    int threshold = high.bucket << 16 | low.bucket;
    long equals = low.left;
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        int bits = magnitude(w, r, c);
        if (bits < threshold || (bits == threshold && equals-- > 0)) {
          clear(copy, r, c);
        }
      }
    }
    return copy;
  }

  /**
   * Where the {@code wanted}-th smallest lies.
   *
   * @param left how many of that bucket belong to the smallest, at least 1
   */
  private record MagnitudeThreshold(int bucket, long left) {
    static MagnitudeThreshold find(long[] counts, long wanted) {
      long left = wanted;
      int bucket = 0;
      while (counts[bucket] < left) {
        left -= counts[bucket++];
      }
      return new MagnitudeThreshold(bucket, left);
    }
  }

  /** The bits of |w| as float32: non-negative, and in the order of the magnitudes. */
  private static int magnitude(Matrix w, int row, int col) {
    return Float.floatToRawIntBits(w.get(row, col)) & 0x7fffffff;
  }

  private static void clear(Matrix w, int row, int col) {
    long at = (row * w.rowStride() + col * w.colStride()) * w.dtype().bytes();
    w.data().asSlice(at, w.dtype().bytes()).fill((byte) 0);
  }

  /** W's own values and layout in memory of their own. */
  private static Matrix copy(Matrix w) {
    DType dtype = w.dtype();
    boolean rowContiguous = w.rowContiguous();
    int lines = rowContiguous ? w.rows() : w.cols();
    int length = rowContiguous ? w.cols() : w.rows();
    long stride = rowContiguous ? w.rowStride() : w.colStride();
    long bytes = (long) length * dtype.bytes();
    MemorySegment data = Arena.ofAuto().allocate(lines * bytes, 64);
    for (long i = 0; i < lines; i++) {
      MemorySegment.copy(w.data(), i * stride * dtype.bytes(), data, i * bytes, bytes);
    }
    Matrix copy = Matrix.rowMajor(data, dtype, lines, length);
    return rowContiguous ? copy : copy.transposed();
  }
}
