package rankine.tokenizer;

import java.util.Arrays;
import java.util.BitSet;
import rankine.common.TokenizerException;

/**
 * The merges: (left id, right id) → (rank, merged id). A hash table with open addressing, keyed by
 * the pair as one long. One thread fills it while loading; immutable afterwards.
 */
final class MergeTable {
  private static final long FREE = -1;

  private final String file;
  private long[] pairs;
  private int[] ranks;
  private int[] results;
  private int size;

  /**
   * An empty table with room for {@code expected} merges before it grows.
   *
   * @param file of the merges, for messages
   */
  MergeTable(String file, int expected) {
    this.file = file;
    allocate(Math.max(16, Integer.highestOneBit(Math.max(1, expected)) << 2));
  }

  /**
   * Adds a merge. A repeated pair gets the later rank, as in Hugging Face tokenizers.
   *
   * @throws TokenizerException for more pairs with close hashes than {@link Vocabulary#MAX_PROBES}
   */
  void put(int left, int right, int rank, int result) {
    if (2 * (size + 1) > pairs.length) {
      grow();
    }
    int slot = probe(pair(left, right));
    if (pairs[slot] == FREE) {
      size++;
    }
    pairs[slot] = pair(left, right);
    ranks[slot] = rank;
    results[slot] = result;
  }

  /** The slot of the pair, for {@link #rank} and {@link #result}; -1 if it does not merge. */
  int find(int left, int right) {
    int slot = probe(pair(left, right));
    return pairs[slot] == FREE ? -1 : slot;
  }

  /** The priority of the merge; the lowest rank merges first. */
  int rank(int slot) {
    return ranks[slot];
  }

  int result(int slot) {
    return results[slot];
  }

  /** The ids that at least one merge produces. */
  BitSet results() {
    BitSet ids = new BitSet();
    for (int slot = 0; slot < pairs.length; slot++) {
      if (pairs[slot] != FREE) {
        ids.set(results[slot]);
      }
    }
    return ids;
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }

  private int probe(long pair) {
    int slot =
        (int) ((pair * 0x9E3779B97F4A7C15L) >>> (Long.numberOfLeadingZeros(pairs.length) + 1));
    for (int probes = 0; probes <= Vocabulary.MAX_PROBES; probes++) {
      if (pairs[slot] == FREE || pairs[slot] == pair) {
        return slot;
      }
      slot = (slot + 1) & (pairs.length - 1);
    }
    throw TokenizerException.of(
        file,
        "merges",
        "pairs whose hashes differ",
        "more than " + Vocabulary.MAX_PROBES + " with close hashes");
  }

  private void allocate(int capacity) {
    pairs = new long[capacity];
    Arrays.fill(pairs, FREE);
    ranks = new int[capacity];
    results = new int[capacity];
  }

  private void grow() {
    long[] oldPairs = pairs;
    int[] oldRanks = ranks;
    int[] oldResults = results;
    allocate(2 * oldPairs.length);
    for (int i = 0; i < oldPairs.length; i++) {
      if (oldPairs[i] != FREE) {
        int slot = probe(oldPairs[i]);
        pairs[slot] = oldPairs[i];
        ranks[slot] = oldRanks[i];
        results[slot] = oldResults[i];
      }
    }
  }
}
