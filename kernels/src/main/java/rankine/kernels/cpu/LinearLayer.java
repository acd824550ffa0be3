package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import rankine.kernels.Matrix;

/**
 * A linear layer: its weights, and its output, which adds bias and residual to each dot product and
 * stores it. One instance serves layer after layer, so decoding a token allocates none.
 */
final class LinearLayer {
  private Matrix w;
  private float[] bias;
  private boolean accumulate;
  private ActivationRows y;

  /**
   * Where the part of this layer begins in a loop over several: its first task of {@link
   * RowMajorGemv}, or its first output in a row of sums of {@link ColumnMajorGemv}.
   */
  int start;

  /** The task of {@link RowMajorGemv} after its last. */
  int end;

  /** Rows of W per run of a full task of {@link RowMajorGemv}. */
  int run;

  /**
   * Sets the next layer.
   *
   * @param bias [w.rows], or null
   * @param accumulate add to the present values of y
   * @param y [rows, w.rows]
   */
  LinearLayer set(Matrix w, float[] bias, boolean accumulate, ActivationRows y) {
    this.w = w;
    this.bias = bias;
    this.accumulate = accumulate;
    this.y = y;
    return this;
  }

  Matrix w() {
    return w;
  }

  ActivationRows y() {
    return y;
  }

  /** Returns whether the output is the dot products: without bias and residual. */
  boolean plain() {
    return bias == null && !accumulate;
  }

  /** Stores one dot product. */
  void put(int row, int o, float sum) {
    float v = bias == null ? sum : sum + bias[o];
    int i = y.at(row) + o;
    y.data()[i] = accumulate ? y.data()[i] + v : v;
  }

  /**
   * Stores the dot products at {@code at} for outputs {@code o} to {@code o + count}, at most a
   * vector of them. Takes an array because C2 would box a vector parameter wherever it does not
   * inline this.
   */
  void put(int row, int o, float[] sums, int at, int count) {
    if (count == COUNT) {
      put(row, o, FloatVector.fromArray(FLOATS, sums, at));
      return;
    }
    for (int i = 0; i < count; i++) {
      put(row, o + i, sums[at + i]);
    }
  }

  /** Stores a vector of dot products for outputs {@code o}, {@code o + 1}, … */
  void put(int row, int o, FloatVector sums) {
    int i = y.at(row) + o;
    FloatVector v = bias == null ? sums : sums.add(FloatVector.fromArray(FLOATS, bias, o));
    if (accumulate) {
      v = FloatVector.fromArray(FLOATS, y.data(), i).add(v);
    }
    v.intoArray(y.data(), i);
  }
}
