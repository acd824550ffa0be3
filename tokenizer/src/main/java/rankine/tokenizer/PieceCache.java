package rankine.tokenizer;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The ids of words met before. A table of fixed size in which a word may push out another with the
 * same place: bounded, without locks, and safe for many threads, for an entry is immutable.
 */
final class PieceCache {
  /** Longer words are rare and do not repeat. */
  static final int LONGEST = 48;

  private static final int BITS = 14;

  private static final class CachedPiece {
    final String word;
    final int[] ids;

    CachedPiece(String word, int[] ids) {
      this.word = word;
      this.ids = ids;
    }
  }

  private final AtomicReferenceArray<CachedPiece> entries = new AtomicReferenceArray<>(1 << BITS);

  /** The ids of {@code word}, not to be changed, or null. */
  int[] get(String word) {
    CachedPiece entry = entries.getAcquire(place(word));
    return entry != null && entry.word.equals(word) ? entry.ids : null;
  }

  void put(String word, int[] ids) {
    entries.setRelease(place(word), new CachedPiece(word, ids));
  }

  private static int place(String word) {
    return (word.hashCode() * 0x9E3779B9) >>> (32 - BITS);
  }
}
