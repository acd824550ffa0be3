package rankine.kernels.cpu;

import static rankine.kernels.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Where the sums of a linear layer go: bias and residual are added on the way.
 *
 * @param bias [y.width], or null
 * @param accumulate add to what is there
 */
record Output(Rows y, float[] bias, boolean accumulate) {
  /** One sum. */
  void put(int row, int o, float sum) {
    float v = bias == null ? sum : sum + bias[o];
    int i = y.at(row) + o;
    y.data()[i] = accumulate ? y.data()[i] + v : v;
  }

  /** A vector of sums for outputs {@code o}, {@code o + 1}, …. */
  void put(int row, int o, FloatVector sums) {
    int i = y.at(row) + o;
    FloatVector v = bias == null ? sums : sums.add(FloatVector.fromArray(FLOATS, bias, o));
    if (accumulate) {
      v = FloatVector.fromArray(FLOATS, y.data(), i).add(v);
    }
    v.intoArray(y.data(), i);
  }

  /** The same as far as {@code inside}: several times as slow. */
  void put(int row, int o, FloatVector sums, VectorMask<Float> inside) {
    int i = y.at(row) + o;
    FloatVector v = bias == null ? sums : sums.add(FloatVector.fromArray(FLOATS, bias, o, inside));
    if (accumulate) {
      v = FloatVector.fromArray(FLOATS, y.data(), i, inside).add(v);
    }
    v.intoArray(y.data(), i, inside);
  }
}
