package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;
import static rankine.kernels.cpu.Lanes.PARTIALS;

import java.util.Locale;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import rankine.kernels.ActivationFunction;
import rankine.kernels.Matrix;

/**
 * Kernels on the Vector API. Rows of activations are padded with zeros to whole vectors, so loops
 * over features have no tail; writes are masked, or write zeros, so the padding stays zero.
 */
final class VectorKernels implements CpuKernels {
  private static final float SQRT_2_OVER_PI = 0x1.988454p-1f;
  private static final float SQRT_1_2 = 0x1.6a09e6p-1f;

  private final VectorLinear linear = new VectorLinear();

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public String description() {
    return String.format(
        Locale.ROOT, "Vector API, %d float lanes (%d bits)", COUNT, FLOATS.vectorBitSize());
  }

  @Override
  public void linear(LinearGroup group, Workers workers) {
    linear.apply(group, workers);
  }

  @Override
  public void product(ActivationRows in, Matrix w, ActivationRows out, Workers workers) {
    linear.product(in, w, out, workers);
  }

  @Override
  public void timesOwnTranspose(Matrix w, ActivationRows out, Workers workers) {
    linear.timesOwnTranspose(w, out, workers);
  }

  @Override
  public Float64Kernels float64() {
    return new VectorFloat64();
  }

  @Override
  public void row(Matrix w, int row, float[] into, int offset) {
    VectorLinear.widenRow(w, row, into, offset);
  }

  @Override
  public void layerNorm(
      float[] x, int at, int n, float[] scale, float[] shift, float epsilon, float[] out, int to) {
    float mean = Lanes.sum(sums(x, at, n, 0, COUNT)) / n;
    float squares = Lanes.sum(squares(x, at, n, mean, 0, COUNT));
    float inverse = (float) (1 / Math.sqrt(squares / n + epsilon));
    for (int i = 0; i < n; i += COUNT) {
      var mask = FLOATS.indexInRange(i, n);
      FloatVector normed = FloatVector.fromArray(FLOATS, x, at + i).sub(mean).mul(inverse);
      FloatVector g = FloatVector.fromArray(FLOATS, scale, i, mask);
      FloatVector y =
          shift == null
              ? normed.mul(g)
              : normed.fma(g, FloatVector.fromArray(FLOATS, shift, i, mask));
      y.intoArray(out, to + i, mask);
    }
  }

  @Override
  public void rmsNorm(float[] x, int at, int n, float[] scale, float epsilon, float[] out, int to) {
    float squares = Lanes.sum(squares(x, at, n, 0f, 0, COUNT));
    float inverse = (float) (1 / Math.sqrt(squares / n + epsilon));
    for (int i = 0; i < n; i += COUNT) {
      var mask = FLOATS.indexInRange(i, n);
      FloatVector.fromArray(FLOATS, x, at + i, mask)
          .mul(inverse)
          .mul(FloatVector.fromArray(FLOATS, scale, i, mask))
          .intoArray(out, to + i, mask);
    }
  }

  /**
   * The partial sums of x from {@code part} on, every {@code gap}-th vector of them added by
   * halving. With {@link Lanes#PARTIALS} lanes that is one vector, and one loop.
   */
  private static FloatVector sums(float[] x, int at, int n, int part, int gap) {
    if (gap < PARTIALS) {
      return sums(x, at, n, part, 2 * gap).add(sums(x, at, n, part + gap, 2 * gap));
    }
    FloatVector sums = FloatVector.zero(FLOATS);
    for (int i = part; i < n; i += PARTIALS) {
      sums = sums.add(FloatVector.fromArray(FLOATS, x, at + i));
    }
    return sums;
  }

  /** The same of {@code (x - mean)²}. */
  private static FloatVector squares(float[] x, int at, int n, float mean, int part, int gap) {
    if (gap < PARTIALS) {
      return squares(x, at, n, mean, part, 2 * gap)
          .add(squares(x, at, n, mean, part + gap, 2 * gap));
    }
    FloatVector squares = FloatVector.zero(FLOATS);
    // Masked: after a head come the features of the next one, not zeros.
    for (int i = part; i < n; i += PARTIALS) {
      var mask = FLOATS.indexInRange(i, n);
      FloatVector d = FloatVector.fromArray(FLOATS, x, at + i, mask).sub(mean, mask);
      squares = d.fma(d, squares);
    }
    return squares;
  }

  /** The same of {@code e^(x - max)}. */
  private static FloatVector exponentials(float[] x, int at, int n, float max, int part, int gap) {
    if (gap < PARTIALS) {
      return exponentials(x, at, n, max, part, 2 * gap)
          .add(exponentials(x, at, n, max, part + gap, 2 * gap));
    }
    FloatVector sums = FloatVector.zero(FLOATS);
    for (int i = part; i < n; i += PARTIALS) {
      var mask = FLOATS.indexInRange(i, n);
      FloatVector e = Lanes.exp(FloatVector.fromArray(FLOATS, x, at + i).sub(max));
      sums = sums.add(e, mask);
    }
    return sums;
  }

  // All functions are zero at zero, so the padding stays zero.
  @Override
  public void activate(ActivationFunction function, float[] x, int at, int n) {
    switch (function) {
      case SILU -> {
        for (int i = at; i < at + n; i += COUNT) {
          FloatVector v = FloatVector.fromArray(FLOATS, x, i);
          logistic(v, v).intoArray(x, i);
        }
      }
      case GELU_TANH -> {
        for (int i = at; i < at + n; i += COUNT) {
          FloatVector v = FloatVector.fromArray(FLOATS, x, i);
          FloatVector inner = v.mul(v).mul(v).fma(Lanes.broadcast(0.044715f), v);
          // 0.5 (1 + tanh(u)) is the logistic function of 2u: no cancellation for negative u.
          logistic(v, inner.mul(2 * SQRT_2_OVER_PI)).intoArray(x, i);
        }
      }
      case GELU_ERF -> geluErf(x, at, n);
      case RELU -> {
        for (int i = at; i < at + n; i += COUNT) {
          FloatVector.fromArray(FLOATS, x, i).max(0f).intoArray(x, i);
        }
      }
    }
  }

  @Override
  public void activate(
      ActivationFunction function, float[] x, int at, float[] up, int upAt, int n) {
    if (function == ActivationFunction.SILU) {
      for (int i = 0; i < n; i += COUNT) {
        FloatVector v = FloatVector.fromArray(FLOATS, x, at + i);
        logistic(v, v).mul(FloatVector.fromArray(FLOATS, up, upAt + i)).intoArray(x, at + i);
      }
      return;
    }
    activate(function, x, at, n);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector.fromArray(FLOATS, x, at + i)
          .mul(FloatVector.fromArray(FLOATS, up, upAt + i))
          .intoArray(x, at + i);
    }
  }

  /**
   * {@code 0.5 v erfc(-v / sqrt(2))}, with erfc of Abramowitz and Stegun, 7.1.26: {@code poly(t)
   * e^-z²}, t = 1 / (1 + p z), to 1.5e-7 for z at least 0.
   */
  private static void geluErf(float[] x, int at, int n) {
    FloatVector a1 = Lanes.broadcast(0.2548296f);
    FloatVector a2 = Lanes.broadcast(-0.28449672f);
    FloatVector a3 = Lanes.broadcast(1.4214138f);
    FloatVector a4 = Lanes.broadcast(-1.4531521f);
    FloatVector a5 = Lanes.broadcast(1.0614054f);
    FloatVector p = Lanes.broadcast(0.3275911f);
    FloatVector one = Lanes.broadcast(1f);
    for (int i = at; i < at + n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, i);
      FloatVector z = v.abs().mul(SQRT_1_2);
      FloatVector t = one.div(z.fma(p, one));
      FloatVector poly = t.fma(a5, a4).fma(t, a3).fma(t, a2).fma(t, a1).mul(t);
      FloatVector tail = poly.mul(Lanes.exp(z.mul(z).neg()));
      FloatVector erfc = one.add(one).sub(tail).blend(tail, v.compare(VectorOperators.LT, 0f));
      v.mul(0.5f).mul(erfc).intoArray(x, i);
    }
  }

  @Override
  public void scale(float[] x, int at, int n, float factor) {
    for (int i = at; i < at + n; i += COUNT) {
      FloatVector.fromArray(FLOATS, x, i).mul(factor).intoArray(x, i);
    }
  }

  @Override
  public void softCap(float[] x, int at, int n, float cap) {
    AttentionKernel.softCap(x, at, n, cap);
  }

  /** {@code v / (1 + e^-u)}; zero where v is zero. */
  private static FloatVector logistic(FloatVector v, FloatVector u) {
    return v.div(Lanes.exp(u.neg()).add(1f));
  }

  @Override
  public void add(float[] x, int at, float[] y, int yAt, int n) {
    for (int i = 0; i < n; i += COUNT) {
      var mask = FLOATS.indexInRange(i, n);
      FloatVector.fromArray(FLOATS, x, at + i, mask)
          .add(FloatVector.fromArray(FLOATS, y, yAt + i, mask))
          .intoArray(x, at + i, mask);
    }
  }

  @Override
  public void attend(AttentionCall call) {
    if (call.count >= GroupedAttentionKernel.MIN_QUERIES) {
      GroupedAttentionKernel.attend(call);
      return;
    }
    for (int i = 0; i < call.count; i++) {
      AttentionKernel.attend(call, i);
    }
  }

  @Override
  public double logSumExp(float[] x, int at, int n) {
    FloatVector top = Lanes.broadcast(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += COUNT) {
      var mask = FLOATS.indexInRange(i, n);
      top = top.lanewise(VectorOperators.MAX, FloatVector.fromArray(FLOATS, x, at + i), mask);
    }
    // A maximum does not depend on the order, so reduceLanes is safe here.
    float max = top.reduceLanes(VectorOperators.MAX);
    return max + StrictMath.log(Lanes.sum(exponentials(x, at, n, max, 0, COUNT)));
  }
}
