package rankine.engine.lowrank;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/**
 * Singular triplets in host memory, in descending order.
 *
 * @param left [r, m], one left singular vector per row
 * @param right [r, n], one right singular vector per row
 */
record SortedTriplets(double[] s, Matrix left, Matrix right) {
  /** The singular value in row {@code row} of a block. */
  private record TripletSource(double s, int block, int row) {}

  /** Downloads and closes {@code blocks}. An empty list gives the single triplet (0, e₁, e₁). */
  static SortedTriplets of(List<GramSvd.TripletBlock> blocks, int m, int n, MatrixOps ops) {
    if (blocks.isEmpty()) {
      return new SortedTriplets(new double[1], unit(m), unit(n));
    }
    List<TripletSource> sources = new ArrayList<>();
    int[][] targetRows = new int[blocks.size()][];
    for (int b = 0; b < targetRows.length; b++) {
      double[] values = blocks.get(b).s();
      targetRows[b] = new int[values.length];
      for (int row = 0; row < values.length; row++) {
        sources.add(new TripletSource(values[row], b, row));
      }
    }
    sources.sort(Comparator.comparingDouble(TripletSource::s).reversed());
    double[] s = new double[sources.size()];
    for (int i = 0; i < s.length; i++) {
      TripletSource source = sources.get(i);
      s[i] = source.s;
      targetRows[source.block][source.row] = i;
    }
    Matrix left = allocate(s.length, m);
    Matrix right = allocate(s.length, n);
    for (int b = 0; b < targetRows.length; b++) {
      try (GramSvd.TripletBlock block = blocks.get(b)) {
        ops.download(block.left(), targetRows[b], left);
        ops.download(block.right(), targetRows[b], right);
      }
    }
    return new SortedTriplets(s, left, right);
  }

  private static Matrix unit(int n) {
    Matrix e = allocate(1, n);
    e.data().set(ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN), 0, 1f);
    return e;
  }

  private static Matrix allocate(int rows, int cols) {
    MemorySegment memory = Arena.ofAuto().allocate((long) rows * cols * Float.BYTES, 64);
    return Matrix.rowMajor(memory, DType.F32, rows, cols);
  }
}
