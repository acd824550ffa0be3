package rankine.engine.lowrank;

import rankine.kernels.DenseMatrix;
import rankine.kernels.Matrix;
import rankine.kernels.MatrixOps;
import rankine.kernels.Weight;

/**
 * A basis of the space of the leading left singular vectors of A [m, n]: a random sketch of the
 * range, multiplied by {@code A Aᵀ} some times, as algorithm 4.4 of Halko, Martinsson and Tropp
 * (SIAM Review 53, 2011) has it. For the accuracy of that algorithm with some vectors and some
 * iterations there are three ways; the one with the least arithmetic is taken.
 */
sealed interface RangeFinder {
  /**
   * The basis, orthonormal rows of length m.
   *
   * @param a [m, n], m ≤ n
   */
  DenseMatrix basis(Weight a, long seed, MatrixOps ops);

  /**
   * The least singular value, against the largest, of which float32 leaves this way a clear view.
   * Where a smaller one is among those wanted, {@link Plain} is the way.
   */
  double leastVisible();

  /** Multiply-adds of a matrix [m, n], that of the factors included, but for small matrices. */
  double work(double m, double n);

  /** The cheapest way to the accuracy of {@code options}, for a matrix [m, n]. */
  static RangeFinder of(RandomizedOptions options, int m, int n) {
    int sketch = options.sketch(m);
    int iterations = options.powerIterations();
    RangeFinder best = Plain.of(options, m);
    RangeFinder[] others = {
      Shifted.of(options.rank(), sketch, iterations, m), new OfGram(sketch, iterations + 1)
    };
    for (RangeFinder other : others) {
      if (iterations > 1 && other.work(m, n) < best.work(m, n)) {
        best = other;
      }
    }
    return best;
  }

  /** {@code (A Aᵀ)^iterations A Ω}, orthonormal rows after every product: for every spectrum. */
  record Plain(int vectors, int iterations) implements RangeFinder {
    static Plain of(RandomizedOptions options, int m) {
      return new Plain(options.sketch(m), options.powerIterations());
    }

    @Override
    public double leastVisible() {
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
        try (DenseMatrix x = OrthonormalBasis.roughly(y, ops);
            DenseMatrix z = OrthonormalBasis.roughly(ops.times(x, a), ops)) {
          y = ops.timesTransposed(z, a);
        }
      }
      return OrthonormalBasis.rows(y, ops);
    }
  }

  /**
   * An iteration less, by {@code A Aᵀ - αI}. A shift below the wanted squared singular values takes
   * more from the unwanted ones than from those, so it does what another iteration would have done
   * (Feng and Yu, "Algorithm 1120: dashSVD", ACM TOMS 2023). It must not touch the wanted ones, so
   * it is taken from the least that the sketch has found, and the sketch has some vectors more than
   * are wanted.
   */
  record Shifted(int vectors, int iterations) implements RangeFinder {
    /** Vectors against those wanted. */
    private static final double MARGIN = 1.25;

    /**
     * α against the least squared singular value found. The polynomial of degree 3 that separates
     * best, Chebyshev's, has 3/4; what is found is an estimate.
     */
    private static final double SHIFT = 0.7;

    static Shifted of(int rank, int sketch, int plainIterations, int m) {
      int wider = (int) Math.min(m, Math.ceil(MARGIN * rank));
      return new Shifted(Math.max(sketch, wider), plainIterations - 1);
    }

    @Override
    public double leastVisible() {
      return 0x1p-12; // its square is the rounding of X A Aᵀ
    }

    @Override
    public double work(double m, double n) {
      return new Plain(vectors, iterations).work(m, n);
    }

    @Override
    public DenseMatrix basis(Weight a, long seed, MatrixOps ops) {
      DenseMatrix y = ops.sketch(a, vectors, seed);
      for (int i = 0; i < iterations; i++) {
        try (DenseMatrix x = OrthonormalBasis.roughly(y, ops);
            DenseMatrix multiplied = multiplied(x, a, ops)) {
          double least = leastEigenvalue(x, multiplied, ops);
          y = ops.minus(multiplied, SHIFT * least, x);
        }
      }
      return OrthonormalBasis.rows(y, ops);
    }

    /** {@code X A Aᵀ}, X a vector a row. */
    private static DenseMatrix multiplied(DenseMatrix x, Weight a, MatrixOps ops) {
      try (DenseMatrix z = ops.times(x, a)) {
        return ops.timesTransposed(z, a);
      }
    }

    /** That of {@code X A Aᵀ Xᵀ}, from above; 0 where float32 does not know it. */
    private static double leastEigenvalue(DenseMatrix x, DenseMatrix multiplied, MatrixOps ops) {
      int q = x.rows();
      try (DenseMatrix products = ops.timesTransposed(multiplied, x)) {
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
   * {@code (A Aᵀ)^multiplications Ω} with {@code A Aᵀ} formed once: for many vectors, each of which
   * then costs m² instead of 2 m n multiply-adds a time. There is no A beside Ω, which a
   * multiplication more makes up for.
   */
  record OfGram(int vectors, int multiplications) implements RangeFinder {
    @Override
    public double leastVisible() {
      return 1e-3; // its square is well above the rounding of A Aᵀ
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
          try (DenseMatrix x = i == 0 ? y : OrthonormalBasis.roughly(y, ops)) {
            y = ops.times(x, gram);
          }
        }
        return OrthonormalBasis.rows(y, ops);
      }
    }
  }
}
