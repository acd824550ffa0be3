package rankine.kernels.cpu;

import java.util.Arrays;
import rankine.kernels.Op;
import rankine.kernels.RotaryFrequencies;

/** Cosines and sines of the positions so far, and the rotation. */
final class RotaryTable {
  private final RotaryFrequencies frequencies;
  private final int pairs;
  private int positions;

  /** [positions][pairs] each. */
  private float[] cosines = {};

  private float[] sines = {};

  RotaryTable(RotaryFrequencies frequencies) {
    this.frequencies = frequencies;
    this.pairs = frequencies.rotaryDim() / 2;
  }

  /** Extends the tables to at least {@code count} positions. */
  void cover(int count) {
    if (count <= positions) {
      return;
    }
    int grown = Math.max(count, 2 * positions);
    cosines = Arrays.copyOf(cosines, Math.multiplyExact(grown, pairs));
    sines = Arrays.copyOf(sines, grown * pairs);
    for (int p = positions; p < grown; p++) {
      frequencies.fill(p, cosines, sines, p * pairs);
    }
    positions = grown;
  }

  /** Rotates one head in place: the first [rotaryDim] features of x at {@code at}. */
  void rotate(float[] x, int at, int position, Op.Pairing pairing) {
    boolean neighbours =
        switch (pairing) {
          case INTERLEAVED -> true;
          case HALVES -> false;
        };
    int step = neighbours ? 2 : 1;
    int other = neighbours ? 1 : pairs;
    for (int i = 0; i < pairs; i++) {
      float cos = cosines[position * pairs + i];
      float sin = sines[position * pairs + i];
      int a = at + i * step;
      int b = a + other;
      float u = x[a];
      float v = x[b];
      x[a] = u * cos - v * sin;
      x[b] = v * cos + u * sin;
    }
  }
}
