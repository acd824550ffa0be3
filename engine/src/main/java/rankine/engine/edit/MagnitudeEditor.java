package rankine.engine.edit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import rankine.common.EditException;
import rankine.engine.lowrank.Removal;
import rankine.kernels.DType;
import rankine.kernels.Matrix;

/**
 * Magnitude pruning: the {@link Removal#removed} elements of W [m, n] of smallest magnitude become
 * 0. Ties go to the first in row-major order. The other elements keep their stored bits, and the
 * layout stays. Two counting passes (a radix select) over the bits of the magnitudes, which have
 * the same order as the magnitudes, find the threshold.
 */
final class MagnitudeEditor implements MatrixEditor {
  private static final int BUCKETS = 1 << 16;

  /** The bits of infinity; the bits of every NaN are larger. */
  private static final int INFINITE = 0x7f800000;

  @Override
  public Replacement edit(String name, Matrix w, Removal removal) {
    long removed = removal.removed(w.rows(), w.cols());
    return new Replacement.Dense(prune(name, w, removed));
  }

  private static Matrix prune(String name, Matrix w, long removed) {
    Matrix copy = copy(w);
    if (removed == 0) {
      return copy;
    }
    long[] upper = new long[BUCKETS];
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
    long[] lower = new long[BUCKETS];
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        int bits = magnitude(w, r, c);
        if (bits >>> 16 == high.bucket) {
          lower[bits & (BUCKETS - 1)]++;
        }
      }
    }
    MagnitudeThreshold low = MagnitudeThreshold.find(lower, high.remaining);
    int threshold = high.bucket << 16 | low.bucket;
    long ties = low.remaining;
    for (int r = 0; r < w.rows(); r++) {
      for (int c = 0; c < w.cols(); c++) {
        int bits = magnitude(w, r, c);
        if (bits < threshold || (bits == threshold && ties-- > 0)) {
          clear(copy, r, c);
        }
      }
    }
    return copy;
  }

  /**
   * The bucket of the k-th smallest element.
   *
   * @param remaining rank of that element within the bucket, at least 1
   */
  private record MagnitudeThreshold(int bucket, long remaining) {
    static MagnitudeThreshold find(long[] counts, long k) {
      long remaining = k;
      int bucket = 0;
      while (counts[bucket] < remaining) {
        remaining -= counts[bucket++];
      }
      return new MagnitudeThreshold(bucket, remaining);
    }
  }

  /** Returns the bits of |w| as float32: not negative, in the order of the magnitudes. */
  private static int magnitude(Matrix w, int row, int col) {
    return Float.floatToRawIntBits(w.get(row, col)) & 0x7fffffff;
  }

  private static void clear(Matrix w, int row, int col) {
    long at = (row * w.rowStride() + col * w.colStride()) * w.dtype().bytes();
    w.data().asSlice(at, w.dtype().bytes()).fill((byte) 0);
  }

  /** Copies W with its values and layout into new memory. */
  private static Matrix copy(Matrix w) {
    DType dtype = w.dtype();
    boolean rowContiguous = w.rowContiguous();
    int runs = rowContiguous ? w.rows() : w.cols();
    int length = rowContiguous ? w.cols() : w.rows();
    long stride = rowContiguous ? w.rowStride() : w.colStride();
    long bytes = (long) length * dtype.bytes();
    MemorySegment data = Arena.ofAuto().allocate(runs * bytes, 64);
    for (long i = 0; i < runs; i++) {
      MemorySegment.copy(w.data(), i * stride * dtype.bytes(), data, i * bytes, bytes);
    }
    Matrix copy = Matrix.rowMajor(data, dtype, runs, length);
    return rowContiguous ? copy : copy.transposed();
  }
}
