package rankine.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Matrix;

/**
 * Linear layers that read the same input and follow each other in a program: Q, K and V, or gate
 * and up. With few rows they run as one loop over the workers, so the workers synchronise once and
 * memory is prefetched across layers.
 *
 * <p>One instance serves all groups, so decoding a token allocates none.
 */
final class LinearGroup {
  private final List<LinearLayer> layers = new ArrayList<>();
  private ActivationRows in;
  private int size;

  /**
   * Starts a new, empty group.
   *
   * @param in [rows, w.cols] of every weight
   */
  LinearGroup reset(ActivationRows in) {
    this.in = in;
    size = 0;
    return this;
  }

  /**
   * Adds the layer {@code out[t] = W in[t] + bias}, or {@code +=} with {@code accumulate}.
   *
   * @param bias [w.rows], or null
   * @param out [rows, w.rows]; no other layer of the group may write it
   */
  LinearGroup add(Matrix w, float[] bias, boolean accumulate, ActivationRows out) {
    if (size == layers.size()) {
      layers.add(new LinearLayer());
    }
    layers.get(size++).set(w, bias, accumulate, out);
    return this;
  }

  /** Returns whether a layer of the group writes to {@code rows}. */
  boolean writes(ActivationRows rows) {
    for (int i = 0; i < size; i++) {
      if (layer(i).y().equals(rows)) {
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

  LinearLayer layer(int i) {
    return layers.get(i);
  }
}
