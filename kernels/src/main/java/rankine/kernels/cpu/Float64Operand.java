package rankine.kernels.cpu;

import rankine.kernels.DTypeDecoder;
import rankine.kernels.Matrix;

/** An operand [rows, cols] of a float64 product, in any stored type and layout. */
sealed interface Float64Operand {
  int rows();

  int cols();

  /**
   * Writes element (row + i, col + j) to {@code into[at + i * rowStep + j * colStep]}, i in [0,
   * rows), j in [0, cols).
   */
  void pack(int row, int rows, int col, int cols, double[] into, int at, int rowStep, int colStep);

  default Float64Operand transposed() {
    return new Transposed(this);
  }

  /** Float64; element (r, c) at {@code at + r * stride + c}. */
  record Doubles(double[] data, int at, int stride, int rows, int cols) implements Float64Operand {
    @Override
    public void pack(
        int row, int rows, int col, int cols, double[] into, int to, int rowStep, int colStep) {
      for (int i = 0; i < rows; i++) {
        int source = at + (row + i) * stride + col;
        int target = to + i * rowStep;
        for (int j = 0; j < cols; j++) {
          into[target + j * colStep] = data[source + j];
        }
      }
    }
  }

  /** Float32 rows. */
  record Floats(ActivationRows data) implements Float64Operand {
    @Override
    public int rows() {
      return data.rows();
    }

    @Override
    public int cols() {
      return data.width();
    }

    @Override
    public void pack(
        int row, int rows, int col, int cols, double[] into, int to, int rowStep, int colStep) {
      float[] values = data.data();
      for (int i = 0; i < rows; i++) {
        int source = data.at(row + i) + col;
        int target = to + i * rowStep;
        for (int j = 0; j < cols; j++) {
          into[target + j * colStep] = values[source + j];
        }
      }
    }
  }

  /** A stored matrix whose rows are contiguous. */
  record StoredRows(Matrix matrix) implements Float64Operand {
    @Override
    public int rows() {
      return matrix.rows();
    }

    @Override
    public int cols() {
      return matrix.cols();
    }

    @Override
    public void pack(
        int row, int rows, int col, int cols, double[] into, int to, int rowStep, int colStep) {
      for (int i = 0; i < rows; i++) {
        long source = (row + i) * matrix.rowStride() + col;
        int target = to + i * rowStep;
        for (int j = 0; j < cols; j++) {
          into[target + j * colStep] = DTypeDecoder.get(matrix.data(), matrix.dtype(), source + j);
        }
      }
    }
  }

  /** Another operand, transposed. */
  record Transposed(Float64Operand of) implements Float64Operand {
    @Override
    public int rows() {
      return of.cols();
    }

    @Override
    public int cols() {
      return of.rows();
    }

    @Override
    public void pack(
        int row, int rows, int col, int cols, double[] into, int to, int rowStep, int colStep) {
      of.pack(col, cols, row, rows, into, to, colStep, rowStep);
    }

    @Override
    public Float64Operand transposed() {
      return of;
    }
  }

  /** Columns {@code from} to {@code from + cols} of another operand. */
  record Columns(Float64Operand of, int from, int cols) implements Float64Operand {
    @Override
    public int rows() {
      return of.rows();
    }

    @Override
    public void pack(
        int row, int rows, int col, int cols, double[] into, int to, int rowStep, int colStep) {
      of.pack(row, rows, from + col, cols, into, to, rowStep, colStep);
    }
  }

  /** Float64 rows without gaps. */
  static Float64Operand of(double[] data, int rows, int cols) {
    return new Doubles(data, 0, cols, rows, cols);
  }

  static Float64Operand of(Matrix matrix) {
    return matrix.rowContiguous()
        ? new StoredRows(matrix)
        : new StoredRows(matrix.transposed()).transposed();
  }
}
