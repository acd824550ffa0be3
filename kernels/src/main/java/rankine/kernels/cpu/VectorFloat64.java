package rankine.kernels.cpu;

import static rankine.kernels.cpu.Float64MicroKernel.LANES;
import static rankine.kernels.cpu.Float64MicroKernel.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** The inner loops on the Vector API. */
final class VectorFloat64 implements Float64Kernels {
  /**
   * Partial sums of a dot product, on every machine: partial l takes elements l, l + PARTIALS, …
   * With AVX-512 they are one vector, with AVX2 two.
   */
  private static final int PARTIALS = 8;

  @Override
  public int tileRows() {
    return Float64MicroKernel.ROWS;
  }

  @Override
  public int tileCols() {
    return Float64MicroKernel.COLS;
  }

  @Override
  public int align() {
    return PARTIALS;
  }

  @Override
  public void tile(
      double[] a, int aAt, double[] b, int bAt, int depth, double[] c, int cAt, int cStride) {
    Float64MicroKernel.tile(a, aAt, b, bAt, depth, c, cAt, cStride);
  }

  @Override
  public double squares(float[] x, int n) {
    // Twice as many partial sums: of even and of odd groups of PARTIALS elements. Each half of a
    // float vector fills a double vector.
    double[] partials = new double[2 * PARTIALS];
    int whole = n - n % (2 * PARTIALS);
    for (int part = 0; part < 2 * PARTIALS; part += 2 * LANES) {
      DoubleVector low = DoubleVector.zero(SPECIES);
      DoubleVector high = low;
      for (int i = part; i < whole; i += 2 * PARTIALS) {
        FloatVector v = FloatVector.fromArray(Lanes.FLOATS, x, i);
        DoubleVector a = (DoubleVector) v.convertShape(VectorOperators.F2D, SPECIES, 0);
        DoubleVector b = (DoubleVector) v.convertShape(VectorOperators.F2D, SPECIES, 1);
        low = a.fma(a, low);
        high = b.fma(b, high);
      }
      low.intoArray(partials, part);
      high.intoArray(partials, part + LANES);
    }
    for (int l = 0; l < PARTIALS; l++) {
      partials[l] += partials[l + PARTIALS];
    }
    double sum = sum(partials, 0);
    for (int i = whole; i < n; i++) {
      sum += (double) x[i] * x[i];
    }
    return sum;
  }

  @Override
  public void subtractRows(
      double[] a, int at, double[] factors, int count, int from, int stride, int n) {
    int k = 0;
    for (; k + 4 <= count; k += 4) {
      subtractFour(a, at, factors, k, from + k * stride, stride, n);
    }
    for (; k < count; k++) {
      DoubleVector factor = broadcast(-factors[k]);
      int row = from + k * stride;
      int i = 0;
      for (; i + LANES <= n; i += LANES) {
        DoubleVector.fromArray(SPECIES, a, row + i)
            .fma(factor, DoubleVector.fromArray(SPECIES, a, at + i))
            .intoArray(a, at + i);
      }
      for (; i < n; i++) {
        a[at + i] = Math.fma(-factors[k], a[row + i], a[at + i]);
      }
    }
  }

  private static void subtractFour(
      double[] a, int at, double[] factors, int k, int from, int stride, int n) {
    DoubleVector f0 = broadcast(-factors[k]);
    DoubleVector f1 = broadcast(-factors[k + 1]);
    DoubleVector f2 = broadcast(-factors[k + 2]);
    DoubleVector f3 = broadcast(-factors[k + 3]);
    int r1 = from + stride;
    int r2 = r1 + stride;
    int r3 = r2 + stride;
    int i = 0;
    for (; i + LANES <= n; i += LANES) {
      DoubleVector sum = DoubleVector.fromArray(SPECIES, a, at + i);
      sum = DoubleVector.fromArray(SPECIES, a, from + i).fma(f0, sum);
      sum = DoubleVector.fromArray(SPECIES, a, r1 + i).fma(f1, sum);
      sum = DoubleVector.fromArray(SPECIES, a, r2 + i).fma(f2, sum);
      DoubleVector.fromArray(SPECIES, a, r3 + i).fma(f3, sum).intoArray(a, at + i);
    }
    for (; i < n; i++) {
      double sum = Math.fma(-factors[k], a[from + i], a[at + i]);
      sum = Math.fma(-factors[k + 1], a[r1 + i], sum);
      sum = Math.fma(-factors[k + 2], a[r2 + i], sum);
      a[at + i] = Math.fma(-factors[k + 3], a[r3 + i], sum);
    }
  }

  @Override
  public void addProducts(
      float[] sums, int at, float[] factors, int factorAt, float[] x, int xAt, int n) {
    int i = 0;
    for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
      FloatVector factor = FloatVector.fromArray(Lanes.FLOATS, factors, factorAt + i);
      FloatVector.fromArray(Lanes.FLOATS, x, xAt + i)
          .fma(factor, FloatVector.fromArray(Lanes.FLOATS, sums, at + i))
          .intoArray(sums, at + i);
    }
    for (; i < n; i++) {
      sums[at + i] = Math.fma(factors[factorAt + i], x[xAt + i], sums[at + i]);
    }
  }

  @Override
  public void addScaled(float[] sums, int at, float factor, float[] x, int xAt, int n) {
    FloatVector factors = Lanes.broadcast(factor);
    int i = 0;
    for (; i + Lanes.COUNT <= n; i += Lanes.COUNT) {
      FloatVector.fromArray(Lanes.FLOATS, x, xAt + i)
          .fma(factors, FloatVector.fromArray(Lanes.FLOATS, sums, at + i))
          .intoArray(sums, at + i);
    }
    for (; i < n; i++) {
      sums[at + i] = Math.fma(factor, x[xAt + i], sums[at + i]);
    }
  }

  @Override
  public void updateAndMultiply(
      double[] a,
      int stride,
      int first,
      int last,
      int from,
      int to,
      double[] v,
      double[] w,
      double[] next,
      double[] y) {
    double[] partials = new double[4 * PARTIALS];
    int i = first;
    for (; i + 4 <= last; i += 4) {
      fourRows(a, stride, i, from, to, v, w, next, y, partials);
    }
    for (; i < last; i++) {
      oneRow(a, i * stride, from, to, v, w, v[i], w[i], next, y, i, partials);
    }
  }

  private static void fourRows(
      double[] a,
      int stride,
      int i,
      int from,
      int to,
      double[] v,
      double[] w,
      double[] next,
      double[] y,
      double[] partials) {
    int a0 = i * stride;
    int a1 = a0 + stride;
    int a2 = a1 + stride;
    int a3 = a2 + stride;
    DoubleVector v0 = broadcast(-v[i]);
    DoubleVector v1 = broadcast(-v[i + 1]);
    DoubleVector v2 = broadcast(-v[i + 2]);
    DoubleVector v3 = broadcast(-v[i + 3]);
    DoubleVector w0 = broadcast(-w[i]);
    DoubleVector w1 = broadcast(-w[i + 1]);
    DoubleVector w2 = broadcast(-w[i + 2]);
    DoubleVector w3 = broadcast(-w[i + 3]);
    for (int part = 0; part < PARTIALS; part += LANES) {
      DoubleVector s0 = DoubleVector.zero(SPECIES);
      DoubleVector s1 = s0;
      DoubleVector s2 = s0;
      DoubleVector s3 = s0;
      for (int j = from + part; j < to; j += PARTIALS) {
        DoubleVector vj = DoubleVector.fromArray(SPECIES, v, j);
        DoubleVector wj = DoubleVector.fromArray(SPECIES, w, j);
        DoubleVector nj = DoubleVector.fromArray(SPECIES, next, j);
        DoubleVector r0 = DoubleVector.fromArray(SPECIES, a, a0 + j);
        DoubleVector r1 = DoubleVector.fromArray(SPECIES, a, a1 + j);
        DoubleVector r2 = DoubleVector.fromArray(SPECIES, a, a2 + j);
        DoubleVector r3 = DoubleVector.fromArray(SPECIES, a, a3 + j);
        r0 = v0.fma(wj, r0);
        r1 = v1.fma(wj, r1);
        r2 = v2.fma(wj, r2);
        r3 = v3.fma(wj, r3);
        r0 = w0.fma(vj, r0);
        r1 = w1.fma(vj, r1);
        r2 = w2.fma(vj, r2);
        r3 = w3.fma(vj, r3);
        r0.intoArray(a, a0 + j);
        r1.intoArray(a, a1 + j);
        r2.intoArray(a, a2 + j);
        r3.intoArray(a, a3 + j);
        s0 = r0.fma(nj, s0);
        s1 = r1.fma(nj, s1);
        s2 = r2.fma(nj, s2);
        s3 = r3.fma(nj, s3);
      }
      s0.intoArray(partials, part);
      s1.intoArray(partials, PARTIALS + part);
      s2.intoArray(partials, 2 * PARTIALS + part);
      s3.intoArray(partials, 3 * PARTIALS + part);
    }
    for (int r = 0; r < 4; r++) {
      y[i + r] = sum(partials, r * PARTIALS);
    }
  }

  private static void oneRow(
      double[] a,
      int at,
      int from,
      int to,
      double[] v,
      double[] w,
      double vi,
      double wi,
      double[] next,
      double[] y,
      int i,
      double[] partials) {
    DoubleVector vb = broadcast(-vi);
    DoubleVector wb = broadcast(-wi);
    for (int part = 0; part < PARTIALS; part += LANES) {
      DoubleVector s = DoubleVector.zero(SPECIES);
      for (int j = from + part; j < to; j += PARTIALS) {
        DoubleVector r = DoubleVector.fromArray(SPECIES, a, at + j);
        r = vb.fma(DoubleVector.fromArray(SPECIES, w, j), r);
        r = wb.fma(DoubleVector.fromArray(SPECIES, v, j), r);
        r.intoArray(a, at + j);
        s = r.fma(DoubleVector.fromArray(SPECIES, next, j), s);
      }
      s.intoArray(partials, part);
    }
    y[i] = sum(partials, 0);
  }

  /** The sum of the partial sums at {@code at}, in ascending order. */
  private static double sum(double[] partials, int at) {
    double sum = partials[at];
    for (int l = 1; l < PARTIALS; l++) {
      sum += partials[at + l];
    }
    return sum;
  }

  private static DoubleVector broadcast(double value) {
    return DoubleVector.broadcast(SPECIES, value);
  }
}
