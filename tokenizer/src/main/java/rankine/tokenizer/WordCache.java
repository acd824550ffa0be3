package rankine.tokenizer;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A direct-mapped cache of the ids of words: a new word replaces the one in its slot. Bounded and
 * lock-free; thread-safe because entries are immutable.
 */
final class WordCache {
  /** Longest word to cache, in UTF-16 units; longer words are rare and do not repeat. */
  static final int MAX_LENGTH = 48;

  private static final int BITS = 14;

  private static final class CachedWord {
    final String word;
    final int[] ids;

    CachedWord(String word, int[] ids) {
      this.word = word;
      this.ids = ids;
    }
  }

  private final AtomicReferenceArray<CachedWord> entries = new AtomicReferenceArray<>(1 << BITS);

  /** The ids of {@code word}, which the caller must not change; null if not cached. */
  int[] get(String word) {
    CachedWord entry = entries.getAcquire(slot(word));
    return entry != null && entry.word.equals(word) ? entry.ids : null;
  }

  void put(String word, int[] ids) {
    entries.setRelease(slot(word), new CachedWord(word, ids));
  }

  private static int slot(String word) {
    return (word.hashCode() * 0x9E3779B9) >>> (32 - BITS);
  }
}
