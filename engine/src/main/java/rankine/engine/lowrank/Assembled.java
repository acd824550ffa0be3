package rankine.engine.lowrank;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import rankine.kernels.DType;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/**
 * Blocks of singular triplets on the host, in descending order.
 *
 * @param left [r, m], a left singular vector a row
 * @param right [r, n]
 */
record Assembled(double[] s, Matrix left, Matrix right) {
  /** Where a triplet comes from. */
  private record Source(double s, Matrix left, Matrix right, int row) {}

  /** Downloads and closes {@code blocks}; without any, the one triplet (0, e₁, e₁). */
  static Assembled of(List<GramSvd.Block> blocks, int m, int n, MatrixOps ops) {
    List<Source> sources = new ArrayList<>();
    for (GramSvd.Block block : blocks) {
      Matrix left = ops.download(block.left());
      Matrix right = ops.download(block.right());
      for (int i = 0; i < block.s().length; i++) {
        sources.add(new Source(block.s()[i], left, right, i));
      }
      block.close();
    }
    if (sources.isEmpty()) {
      sources.add(new Source(0, unit(m), unit(n), 0));
    }
    sources.sort(Comparator.comparingDouble(Source::s).reversed());
    Matrix left = allocate(sources.size(), m);
    Matrix right = allocate(sources.size(), n);
    double[] s = new double[sources.size()];
    for (int i = 0; i < s.length; i++) {
      Source source = sources.get(i);
      s[i] = source.s();
      copyRow(source.left(), source.row(), left, i);
      copyRow(source.right(), source.row(), right, i);
    }
    return new Assembled(s, left, right);
  }

  private static Matrix unit(int n) {
    float[] e = new float[n];
    e[0] = 1;
    return Matrix.of(e, 1, n);
  }

  private static Matrix allocate(int rows, int cols) {
    MemorySegment memory = Arena.ofAuto().allocate((long) rows * cols * Float.BYTES, 64);
    return Matrix.rowMajor(memory, DType.F32, rows, cols);
  }

  private static void copyRow(Matrix from, int row, Matrix to, int at) {
    long bytes = (long) from.cols() * Float.BYTES;
    MemorySegment.copy(from.data(), row * bytes, to.data(), at * bytes, bytes);
  }
}
