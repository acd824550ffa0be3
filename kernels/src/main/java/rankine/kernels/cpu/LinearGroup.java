package rankine.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Matrix;

/**
 * Linear layers that read the same input, one behind the other in a program: queries, keys and
 * values, or gate and up. Their products of few rows are one loop over the workers: at its end they
 * wait for each other, and at its beginning memory is not yet fetched ahead.
 *
 * <p>One serves layer after layer, so that a token allocates none.
 */
final class LinearGroup {
  private final List<Matrix> weights = new ArrayList<>();
  private final List<LinearOutput> outputs = new ArrayList<>();
  private ActivationRows in;
  private int size;

  /**
   * For the next layers, none as yet.
   *
   * @param in [rows, w.cols] of every weight
   */
  LinearGroup of(ActivationRows in) {
    this.in = in;
    size = 0;
    weights.clear();
    return this;
  }

  /**
   * One more layer, {@code out[t] = W in[t] + bias}, or {@code +=} with {@code accumulate}.
   *
   * @param bias [w.rows], or null
   * @param out [rows, w.rows]; none that another layer of the group writes
   */
  LinearGroup add(Matrix w, float[] bias, boolean accumulate, ActivationRows out) {
    if (size == outputs.size()) {
      outputs.add(new LinearOutput());
    }
    outputs.get(size++).of(out, bias, accumulate);
    weights.add(w);
    return this;
  }

  /** Whether a layer of the group writes to {@code rows}. */
  boolean writes(ActivationRows rows) {
    for (int i = 0; i < size; i++) {
      if (outputs.get(i).y().equals(rows)) {
        return true;
      }
    }
    return false;
  }

  ActivationRows in() {
    return in;
  }

  int size() {
    return size;
  }

  Matrix weight(int i) {
    return weights.get(i);
  }

  LinearOutput output(int i) {
    return outputs.get(i);
  }
}
