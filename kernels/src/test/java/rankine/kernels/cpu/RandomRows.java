package rankine.kernels.cpu;

import java.util.Random;

/** Inputs of N(0, 1) for tests. */
final class RandomRows {
  private RandomRows() {}

  /** Values of N(0, 1), [rows, width]. */
  static ActivationRows rows(Random random, int rows, int width) {
    ActivationRows x = ActivationRows.allocate(rows, width);
    for (int t = 0; t < rows; t++) {
      for (int c = 0; c < width; c++) {
        x.data()[x.at(t) + c] = (float) random.nextGaussian();
      }
    }
    return x;
  }

  static float[] floats(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
