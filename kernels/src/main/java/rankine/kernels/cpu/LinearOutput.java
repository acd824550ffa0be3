package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.COUNT;
import static rankine.kernels.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The output of a linear layer: adds bias and residual to each dot product and stores it. One
 * instance serves layer after layer, so decoding a token allocates none.
 */
final class LinearOutput {
  private ActivationRows y;
  private float[] bias;
  private boolean accumulate;

  /**
   * Sets the output of the next layer.
   *
   * @param bias [y.width], or null
   * @param accumulate add to the present values of y
   */
  LinearOutput reset(ActivationRows y, float[] bias, boolean accumulate) {
    this.y = y;
    this.bias = bias;
    this.accumulate = accumulate;
    return this;
  }

  ActivationRows y() {
    return y;
  }

  float[] bias() {
    return bias;
  }

  boolean accumulate() {
    return accumulate;
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
