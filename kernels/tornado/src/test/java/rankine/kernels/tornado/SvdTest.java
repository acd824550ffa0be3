package rankine.kernels.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import rankine.engine.lowrank.ExactSvd;
import rankine.engine.lowrank.RandomizedOptions;
import rankine.engine.lowrank.RandomizedSvd;
import rankine.engine.lowrank.Svd;
import rankine.engine.lowrank.SvdMethod;
import rankine.kernels.DType;
import rankine.kernels.DenseMatrix;
import rankine.kernels.EigenDecomposition;
import rankine.kernels.Gaussian;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;

/** Decompositions on the device against Commons Math, which computes in float64 throughout. */
class SvdTest {
  private static TornadoBackend device;

  @BeforeAll
  static void open() {
    device = OnDevice.open();
    device.matrices(); // its self-check allocates memory
  }

  @AfterAll
  static void close() {
    device.close();
  }

  static Stream<Arguments> samples() {
    return Stream.of(
        Arguments.of("gaussian", gaussian(70, 90, 1)),
        Arguments.of("square", gaussian(97, 97, 2)),
        Arguments.of("decaying", decaying(80, 100, 0.9, 3)),
        Arguments.of("steep", decaying(64, 65, 0.5, 4)),
        Arguments.of("tall", gaussian(211, 17, 9)),
        Arguments.of("wide", gaussian(17, 211, 10)),
        Arguments.of("1 x n", gaussian(1, 53, 11)),
        Arguments.of("n x 1", gaussian(53, 1, 12)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("samples")
  void singularValuesAndReconstruction(String name, RealMatrix w) {
    double[] expected = new SingularValueDecomposition(w).getSingularValues();
    int most = expected.length;
    Matrix stored = stored(w);
    for (SvdMethod method :
        new SvdMethod[] {new ExactSvd(), new RandomizedSvd(RandomizedOptions.standard(most, 7))}) {
      long before = device.bytesUsed();
      Svd svd = method.decompose(name, stored, device);
      assertTrue(svd.rank() <= most);
      for (int i = 0; i < most; i++) {
        double found = i < svd.rank() ? svd.s()[i] : 0;
        assertEquals(expected[i], found, 1e-4 * expected[0], method.key() + " value " + i);
      }
      for (int i = 0; i < w.getRowDimension(); i++) {
        for (int j = 0; j < w.getColumnDimension(); j++) {
          assertEquals(w.getEntry(i, j), entry(svd, i, j), 2e-5 * expected[0], method.key());
        }
      }
      long kept = 4L * (w.getRowDimension() * w.getColumnDimension() + 16);
      assertTrue(device.bytesUsed() <= before + kept, "leaked matrices");
    }
  }

  /** The element of {@code U diag(s) Vᵀ}. */
  private static double entry(Svd svd, int row, int col) {
    double sum = 0;
    for (int k = 0; k < svd.rank(); k++) {
      sum += svd.u().get(row, k) * svd.s()[k] * svd.v().get(col, k);
    }
    return sum;
  }

  /** The randomized SVD finds the leading values of a decaying spectrum. */
  @Test
  void sketches() {
    RealMatrix w = decaying(90, 140, 0.8, 5);
    double[] expected = new SingularValueDecomposition(w).getSingularValues();
    Svd svd =
        new RandomizedSvd(RandomizedOptions.standard(20, 3)).decompose("w", stored(w), device);
    assertEquals(20, svd.rank());
    for (int i = 0; i < 20; i++) {
      assertEquals(expected[i], svd.s()[i], 1e-4 * expected[0], "value " + i);
    }
  }

  /**
   * Two mapped files, the second at the address of the first, which is closed: the device must not
   * take the second for the first, whose copy it may still have.
   */
  @Test
  @SuppressWarnings("restricted") // gives memory another scope
  void aMatrixAtTheAddressOfAClosedOne() {
    int rows = 6;
    int cols = 10;
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment place = memory.allocate(4L * rows * cols, 64);
      for (long scale : new long[] {1, 3}) {
        RealMatrix w = gaussian(rows, cols, 30).scalarMultiply(scale);
        for (int i = 0; i < rows * cols; i++) {
          place.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) w.getEntry(i / cols, i % cols));
        }
        try (Arena mapping = Arena.ofShared()) {
          MemorySegment data =
              MemorySegment.ofAddress(place.address()).reinterpret(place.byteSize(), mapping, null);
          Matrix stored = Matrix.rowMajor(data, DType.F32, rows, cols);
          Svd svd = new ExactSvd().decompose("w", stored, device);
          double expected = new SingularValueDecomposition(w).getNorm();
          assertEquals(expected, svd.s()[0], 1e-4 * expected, "scale " + scale);
        }
      }
    }
  }

  /** Eigenvalues of both signs, repeated ones, and rank-deficient matrices. */
  @Test
  void eigenvaluesOfSymmetricMatrices() {
    for (int n : new int[] {1, 2, 3, 17, 64, 101}) {
      for (int rank : new int[] {1, Math.max(1, n / 2), n}) {
        RealMatrix q = new QRDecomposition(gaussian(n, n, n + rank)).getQ();
        double[] d = new double[n];
        for (int i = 0; i < rank; i++) {
          d[i] = i % 7 == 3 ? -2 - i : 5 * Math.pow(0.7, i - i % 2);
        }
        RealMatrix g = q.multiply(MatrixUtils.createRealDiagonalMatrix(d)).multiply(q.transpose());
        double[] values = new double[n * n];
        for (int i = 0; i < n; i++) {
          for (int j = 0; j <= i; j++) {
            values[i * n + j] = values[j * n + i] = g.getEntry(i, j);
          }
        }
        EigenDecomposition eigen = device.matrices().eigen(values, n);
        Arrays.sort(d);
        double norm = Math.max(Math.abs(d[0]), Math.abs(d[n - 1]));
        RealMatrix v = MatrixUtils.createRealMatrix(n, n);
        for (int i = 0; i < n; i++) {
          assertEquals(d[n - 1 - i], eigen.values()[i], 1e-12 * norm, n + " value " + i);
          v.setRow(i, Arrays.copyOfRange(eigen.vectors(), i * n, (i + 1) * n));
        }
        RealMatrix identity = MatrixUtils.createRealIdentityMatrix(n);
        assertEquals(0, v.multiply(v.transpose()).subtract(identity).getFrobeniusNorm(), 1e-11);
        RealMatrix left = v.multiply(g);
        RealMatrix right = MatrixUtils.createRealDiagonalMatrix(eigen.values()).multiply(v);
        assertEquals(0, left.subtract(right).getFrobeniusNorm(), 1e-11 * norm, "n = " + n);
      }
    }
  }

  /** CholeskyQR on the device: orthonormal rows, or dependence reported. */
  @Test
  void choleskyQr() {
    MatrixOps ops = device.matrices();
    for (int[] shape : new int[][] {{1, 5}, {16, 16}, {17, 90}, {65, 300}}) {
      Matrix rows = stored(gaussian(shape[0], shape[1], 21));
      try (DenseMatrix x = ops.copy(device.matrix(rows), 3)) {
        MatrixOps.CholeskyPass first = ops.choleskyPass(x, 0);
        double largest = 0;
        double[] gram = ops.gram(x);
        for (int i = 0; i < gram.length; i++) {
          double one = i / shape[0] == i % shape[0] ? 1 : 0;
          largest = Math.max(largest, Math.abs(gram[i] - one));
        }
        assertEquals(largest, first.deviation(), 1e-12 * largest);
        try (DenseMatrix near = first.basis().orElseThrow();
            DenseMatrix basis = ops.choleskyPass(near, 0).basis().orElseThrow()) {
          MatrixOps.CholeskyPass last = ops.choleskyPass(basis, 1e-6);
          assertTrue(last.deviation() < 1e-6, "deviation " + last.deviation());
          assertTrue(last.basis().isEmpty(), "a pass that was not needed");
        }
      }
    }
    float[] twice = {1, 2, 3, 2, 4, 6};
    try (DenseMatrix x = ops.copy(device.matrix(Matrix.of(twice, 2, 3)), 1)) {
      assertTrue(ops.choleskyPass(x, 0).basis().isEmpty());
    }
  }

  /**
   * Products whose result is small: sums over parts of the inputs, of which the last is shorter.
   */
  @Test
  void productsInParts() {
    MatrixOps ops = device.matrices();
    assertEquals(1, MatrixLaunches.parts(600, 4096), "enough tiles");
    assertEquals(1, MatrixLaunches.parts(1, 300), "few inputs");
    assertEquals(16, MatrixLaunches.parts(16, 4096));
    for (int inputs : new int[] {512, 1030, 2311}) {
      RealMatrix left = gaussian(19, inputs, inputs);
      RealMatrix right = gaussian(70, inputs, inputs + 1);
      RealMatrix expected = left.multiply(right.transpose());
      try (DenseMatrix x = ops.copy(device.matrix(stored(left)), 1);
          DenseMatrix rows = ops.timesTransposed(x, device.matrix(stored(right)));
          DenseMatrix columns = ops.times(x, device.matrix(stored(right.transpose())))) {
        for (DenseMatrix found : List.of(rows, columns)) {
          Matrix values = ops.download(found);
          for (int r = 0; r < values.rows(); r++) {
            for (int c = 0; c < values.cols(); c++) {
              assertEquals(expected.getEntry(r, c), values.get(r, c), 1e-6 * inputs);
            }
          }
        }
      }
    }
  }

  /** The Gaussian matrix equals that of the CPU. */
  @Test
  void gaussianEqualsTheCpu() {
    MatrixOps ops = device.matrices();
    long seed = 0x9876_5432_8abc_def0L;
    try (DenseMatrix field = ops.gaussian(37, 103, seed)) {
      Matrix values = ops.download(field);
      for (int r = 0; r < 37; r++) {
        for (int c = 0; c < 103; c++) {
          assertEquals(Gaussian.at(seed, r, c), values.get(r, c), 1e-6, r + ", " + c);
        }
      }
    }
  }

  private static RealMatrix gaussian(int rows, int cols, long seed) {
    Random random = new Random(seed);
    RealMatrix w = MatrixUtils.createRealMatrix(rows, cols);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        w.setEntry(i, j, (float) random.nextGaussian());
      }
    }
    return w;
  }

  /** Singular values {@code ratio^i}. */
  private static RealMatrix decaying(int rows, int cols, double ratio, long seed) {
    int rank = Math.min(rows, cols);
    RealMatrix u = new QRDecomposition(gaussian(rows, rank, seed)).getQ();
    RealMatrix v = new QRDecomposition(gaussian(cols, rank, seed + 1)).getQ();
    RealMatrix w = MatrixUtils.createRealMatrix(rows, cols);
    for (int k = 0; k < rank; k++) {
      w =
          w.add(
              u.getColumnVector(k)
                  .outerProduct(v.getColumnVector(k))
                  .scalarMultiply(Math.pow(ratio, k)));
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        w.setEntry(i, j, (float) w.getEntry(i, j));
      }
    }
    return w;
  }

  private static Matrix stored(RealMatrix w) {
    float[] values = new float[w.getRowDimension() * w.getColumnDimension()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) w.getEntry(i / w.getColumnDimension(), i % w.getColumnDimension());
    }
    return Matrix.of(values, w.getRowDimension(), w.getColumnDimension());
  }
}
