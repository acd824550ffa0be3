package rankine.engine.lowrank;

import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Weight;

/**
 * Computes a basis of the space of the leading left singular vectors of A [m, n]: a random sketch
 * of the range, multiplied by {@code A Aᵀ} repeatedly, as in algorithm 4.4 of Halko, Martinsson and
 * Tropp (SIAM Review 53, 2011). Three variants reach the accuracy of that algorithm for a given
 * number of vectors and iterations; {@link #of} chooses the one with the least arithmetic.
 */
sealed interface RangeFinder {
  /**
   * Returns the basis: orthonormal rows of length m.
   *
   * @param a [m, n], m ≤ n
   */
  DenseMatrix basis(Weight a, long seed, MatrixOps ops);

  /**
   * Returns the smallest singular value, relative to the largest, that this variant resolves in
   * float32. {@link Plain} handles a rank that includes smaller values.
   */
  double minRelativeValue();

  /** Returns the multiply-adds for a matrix [m, n], factors included, small matrices excluded. */
  double work(double m, double n);

  /** Returns the cheapest variant with the accuracy of {@code options} for a matrix [m, n]. */
  static RangeFinder of(RandomizedOptions options, int m, int n) {
    int sketch = options.sketch(m);
    int iterations = options.powerIterations();
    RangeFinder best = Plain.of(options, m);
    RangeFinder[] variants = {
      Shifted.of(options.rank(), sketch, iterations, m), new OfGram(sketch, iterations + 1)
    };
    for (RangeFinder variant : variants) {
      if (iterations > 1 && variant.work(m, n) < best.work(m, n)) {
        best = variant;
      }
    }
    return best;
  }

  /**
   * {@code (A Aᵀ)^iterations A Ω} with orthonormalized rows after every product. Works for every
   * spectrum.
   */
  record Plain(int vectors, int iterations) implements RangeFinder {
    static Plain of(RandomizedOptions options, int m) {
      return new Plain(options.sketch(m), options.powerIterations());
    }

    @Override
    public double minRelativeValue() {
      return 0;
    }

    @Override
    public double work(double m, double n) {
      return (2 * iterations + 1) * m * n * vectors;
    }

    @Override
    public DenseMatrix basis(Weight a, long seed, MatrixOps ops) {
      DenseMatrix y = ops.sketch(a, vectors, seed);
      for (int i = 0; i < iterations; i++) {
        try (DenseMatrix x = OrthonormalBasis.onePass(y, ops);
            DenseMatrix z = OrthonormalBasis.onePass(ops.times(x, a), ops)) {
          y = ops.timesTransposed(z, a);
        }
      }
      return OrthonormalBasis.of(y, ops);
    }
  }

  /**
   * Saves one iteration by a shift: {@code A Aᵀ - αI}. A shift below the leading squared singular
   * values reduces the trailing ones by a larger factor, so it replaces one iteration (Feng and Yu,
   * "Algorithm 1120: dashSVD", ACM TOMS 2023). It must not suppress the leading values: α is a
   * fraction of the smallest eigenvalue in the sketch, and the sketch has extra vectors.
   */
  record Shifted(int vectors, int iterations) implements RangeFinder {
    /** Vectors of the sketch relative to the rank. */
    private static final double MARGIN = 1.25;

    /**
     * α relative to the smallest squared singular value in the sketch. Chebyshev's polynomial of
     * degree 3, which separates best, has 3/4; lower here, because the value is an estimate.
     */
    private static final double SHIFT = 0.7;

    static Shifted of(int rank, int sketch, int plainIterations, int m) {
      int wider = (int) Math.min(m, Math.ceil(MARGIN * rank));
      return new Shifted(Math.max(sketch, wider), plainIterations - 1);
    }

    @Override
    public double minRelativeValue() {
      return 0x1p-12; // its square is the rounding error of X A Aᵀ
    }

    @Override
    public double work(double m, double n) {
      return new Plain(vectors, iterations).work(m, n);
    }

    @Override
    public DenseMatrix basis(Weight a, long seed, MatrixOps ops) {
      DenseMatrix y = ops.sketch(a, vectors, seed);
      for (int i = 0; i < iterations; i++) {
        try (DenseMatrix x = OrthonormalBasis.onePass(y, ops);
            DenseMatrix timesGram = timesGram(x, a, ops)) {
          double smallest = smallestEigenvalue(x, timesGram, ops);
          y = ops.minus(timesGram, SHIFT * smallest, x);
        }
      }
      return OrthonormalBasis.of(y, ops);
    }

    /** Returns {@code X A Aᵀ}; X has one vector per row. */
    private static DenseMatrix timesGram(DenseMatrix x, Weight a, MatrixOps ops) {
      try (DenseMatrix z = ops.times(x, a)) {
        return ops.timesTransposed(z, a);
      }
    }

    /**
     * Returns an upper estimate of the smallest eigenvalue of {@code X A Aᵀ Xᵀ}; 0 if float32 does
     * not resolve it.
     */
    private static double smallestEigenvalue(DenseMatrix x, DenseMatrix timesGram, MatrixOps ops) {
      int q = x.rows();
      try (DenseMatrix products = ops.timesTransposed(timesGram, x)) {
        Matrix values = ops.download(products);
        double[] symmetric = new double[q * q];
        for (int i = 0; i < q; i++) {
          for (int j = 0; j < q; j++) {
            symmetric[i * q + j] = 0.5 * ((double) values.get(i, j) + values.get(j, i));
          }
        }
        return SmallestEigenvalue.of(symmetric, q);
      }
    }
  }

  /**
   * {@code (A Aᵀ)^multiplications Ω} with {@code A Aᵀ} formed once. Pays off for many vectors: each
   * costs m² instead of 2 m n multiply-adds per multiplication. The sketch starts from Ω instead of
   * A Ω; one extra multiplication compensates.
   */
  record OfGram(int vectors, int multiplications) implements RangeFinder {
    @Override
    public double minRelativeValue() {
      return 1e-3; // its square is well above the rounding error of A Aᵀ
    }

    @Override
    public double work(double m, double n) {
      return m * m * (n / 2 + (double) multiplications * vectors) + m * n * vectors;
    }

    @Override
    public DenseMatrix basis(Weight a, long seed, MatrixOps ops) {
      try (DenseMatrix gram = ops.timesOwnTranspose(a)) {
        DenseMatrix y = ops.gaussian(vectors, a.rows(), seed);
        for (int i = 0; i < multiplications; i++) {
          try (DenseMatrix x = i == 0 ? y : OrthonormalBasis.onePass(y, ops)) {
            y = ops.times(x, gram);
          }
        }
        return OrthonormalBasis.of(y, ops);
      }
    }
  }
}
