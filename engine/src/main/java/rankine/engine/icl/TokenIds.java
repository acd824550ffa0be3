package rankine.engine.icl;

import java.util.Arrays;
import java.util.List;

/** Sequences of token ids. */
final class TokenIds {
  private TokenIds() {}

  /** How many ids both begin with. */
  static int commonPrefix(int[] a, int[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  /** The first ids of all, at most {@code most} of them. */
  static int commonPrefix(int[] first, List<int[]> others, int most) {
    int common = Math.min(most, first.length);
    for (int[] other : others) {
      common = Math.min(common, commonPrefix(first, other));
    }
    return common;
  }

  static int[] from(int[] ids, int start) {
    return Arrays.copyOfRange(ids, start, ids.length);
  }
}
