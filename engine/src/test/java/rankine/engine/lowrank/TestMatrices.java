package rankine.engine.lowrank;

import java.util.Random;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import rankine.kernels.Matrix;

/** Matrices of known spectrum, and error measures independent of the code under test. */
final class TestMatrices {
  private TestMatrices() {}

  /** Row-major values [rows, cols]. */
  record TestMatrix(float[] values, int rows, int cols) {
    Matrix matrix() {
      return Matrix.of(values, rows, cols);
    }

    RealMatrix real() {
      RealMatrix real = MatrixUtils.createRealMatrix(rows, cols);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < cols; j++) {
          real.setEntry(i, j, values[i * cols + j]);
        }
      }
      return real;
    }

    double[] singularValues() {
      return new SingularValueDecomposition(real()).getSingularValues();
    }
  }

  /** Returns {@code U diag(s) Vᵀ} for random orthonormal U and V, rounded to float32. */
  static TestMatrix of(int rows, int cols, double[] s, long seed) {
    Random random = new Random(seed);
    int r = s.length;
    RealMatrix u = orthonormal(rows, r, random);
    RealMatrix v = orthonormal(cols, r, random);
    for (int j = 0; j < r; j++) {
      u.setColumnVector(j, u.getColumnVector(j).mapMultiply(s[j]));
    }
    RealMatrix w = u.multiply(v.transpose());
    float[] values = new float[rows * cols];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        values[i * cols + j] = (float) w.getEntry(i, j);
      }
    }
    return new TestMatrix(values, rows, cols);
  }

  private static RealMatrix orthonormal(int n, int r, Random random) {
    RealMatrix a = MatrixUtils.createRealMatrix(n, r);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < r; j++) {
        a.setEntry(i, j, random.nextGaussian());
      }
    }
    return new QRDecomposition(a).getQ().getSubMatrix(0, n - 1, 0, r - 1);
  }

  /** Returns independent N(0, 1) elements. */
  static TestMatrix gaussian(int rows, int cols, long seed) {
    Random random = new Random(seed);
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new TestMatrix(values, rows, cols);
  }

  /** Returns {@code max |QᵀQ - I|} over the columns. */
  static double deviation(Matrix q) {
    double largest = 0;
    for (int i = 0; i < q.cols(); i++) {
      for (int j = 0; j <= i; j++) {
        double dot = 0;
        for (int k = 0; k < q.rows(); k++) {
          dot += (double) q.get(k, i) * q.get(k, j);
        }
        largest = Math.max(largest, Math.abs(dot - (i == j ? 1 : 0)));
      }
    }
    return largest;
  }

  /** Returns {@code ‖W - U diag(s) Vᵀ‖} in the Frobenius norm. */
  static double error(TestMatrix w, Svd svd) {
    return error(w, svd, svd.rank());
  }

  /** Returns the same of the first {@code rank} triplets. */
  static double error(TestMatrix w, Svd svd, int rank) {
    double sum = 0;
    for (int i = 0; i < w.rows(); i++) {
      for (int j = 0; j < w.cols(); j++) {
        double value = w.values()[i * w.cols() + j];
        for (int k = 0; k < rank; k++) {
          value -= svd.u().get(i, k) * svd.s()[k] * svd.v().get(j, k);
        }
        sum += value * value;
      }
    }
    return Math.sqrt(sum);
  }

  /** Returns {@code first · ratio^i} for i < n. */
  static double[] geometric(int n, double first, double ratio) {
    double[] s = new double[n];
    for (int i = 0; i < n; i++) {
      s[i] = first * Math.pow(ratio, i);
    }
    return s;
  }
}
