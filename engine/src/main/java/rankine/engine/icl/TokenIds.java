package rankine.engine.icl;

import java.util.Arrays;
import java.util.List;

/** Sequences of token ids. */
final class TokenIds {
  private TokenIds() {}

  /** Returns the length of the common prefix. */
  static int commonPrefix(int[] a, int[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  /** Returns the length of the common prefix of all, at most {@code limit}. */
  static int commonPrefix(int[] first, List<int[]> others, int limit) {
    int common = Math.min(limit, first.length);
    for (int[] other : others) {
      common = Math.min(common, commonPrefix(first, other));
    }
    return common;
  }

  /** Returns the ids from index {@code start} on. */
  static int[] suffix(int[] ids, int start) {
    return Arrays.copyOfRange(ids, start, ids.length);
  }
}
