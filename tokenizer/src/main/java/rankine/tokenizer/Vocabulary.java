package rankine.tokenizer;

import java.util.Arrays;
import rankine.common.TokenizerException;
import rankine.common.io.JsonKind;
import rankine.common.io.Shown;
import rankine.common.io.Text;

/**
 * Pieces (the texts of tokens, in SentencePiece's term) by id, and ids by piece. Lookup takes a
 * range of characters, so that reading a merge list allocates no strings. One thread fills it while
 * loading; immutable afterwards.
 */
final class Vocabulary {
  /**
   * Ids from this limit on are refused as an error in the file; no known vocabulary is as large.
   */
  static final int ID_LIMIT = 1 << 22;

  /**
   * Most slots that a lookup passes over: pieces with equal hashes would make reading quadratic.
   * Published vocabularies need 36.
   */
  static final int MAX_PROBES = 1000;

  /** A token id in a JSON file. */
  static final JsonKind<Integer> ID = JsonKind.integer(0, ID_LIMIT - 1);

  private final String file;
  private final String key;
  private String[] pieces = new String[1024];
  private int count;
  private int end;

  /** Hash table with open addressing: id + 1, or 0 for a free slot; at most half full. */
  private int[] slots = new int[2048];

  /** An empty vocabulary; error messages name {@code file} and {@code key}. */
  Vocabulary(String file, String key) {
    this.file = file;
    this.key = key;
  }

  /** Adds a piece. Refuses two pieces with one id and one piece with two ids. */
  void add(String piece, int id) {
    if (id < 0 || id >= ID_LIMIT) {
      throw fault(piece, "an id from 0 to " + (ID_LIMIT - 1), Integer.toString(id));
    }
    if (!Text.isWellFormed(piece)) {
      throw fault(piece, "well-formed Unicode", "a lone surrogate");
    }
    if (id >= pieces.length) {
      pieces = Arrays.copyOf(pieces, Math.max(id + 1, 2 * pieces.length));
    }
    if (pieces[id] != null) {
      String other = Shown.quote(pieces[id]);
      throw fault(piece, "an id of its own", "id " + id + ", which is also that of " + other);
    }
    if (2 * (count + 1) > slots.length) {
      grow();
    }
    int slot = slot(piece);
    if (slots[slot] != 0) {
      throw fault(piece, "each piece once", "ids " + (slots[slot] - 1) + " and " + id);
    }
    slots[slot] = id + 1;
    pieces[id] = piece;
    count++;
    end = Math.max(end, id + 1);
  }

  /** The id of {@code piece}, or -1. */
  int id(String piece) {
    return slots[slot(piece)] - 1;
  }

  /** The id of the piece {@code chars[from..to)}, or -1. */
  int id(char[] chars, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + chars[i];
    }
    int length = to - from;
    int slot = firstSlot(hash);
    for (int probes = 0; probes <= MAX_PROBES; probes++) {
      int id = slots[slot] - 1;
      if (id < 0) {
        return -1;
      }
      String piece = pieces[id];
      if (piece.hashCode() == hash && piece.length() == length && matches(piece, chars, from)) {
        return id;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    throw collisions(new String(chars, from, length));
  }

  /** The piece with this id, or null if there is none. */
  String piece(int id) {
    return id >= 0 && id < end ? pieces[id] : null;
  }

  /** One more than the largest id. */
  int end() {
    return end;
  }

  /** The number of pieces. */
  int count() {
    return count;
  }

  private int slot(String piece) {
    int slot = firstSlot(piece.hashCode());
    for (int probes = 0; probes <= MAX_PROBES; probes++) {
      if (slots[slot] == 0 || pieces[slots[slot] - 1].equals(piece)) {
        return slot;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    throw collisions(piece);
  }

  /** Fibonacci hashing: the low bits of String.hashCode are weak. */
  private int firstSlot(int hash) {
    return (hash * 0x9E3779B9) >>> (Integer.numberOfLeadingZeros(slots.length) + 1);
  }

  private void grow() {
    slots = new int[2 * slots.length];
    for (int id = 0; id < end; id++) {
      if (pieces[id] != null) {
        slots[slot(pieces[id])] = id + 1;
      }
    }
  }

  private static boolean matches(String piece, char[] chars, int from) {
    for (int i = 0; i < piece.length(); i++) {
      if (piece.charAt(i) != chars[from + i]) {
        return false;
      }
    }
    return true;
  }

  private TokenizerException collisions(String piece) {
    return fault(
        piece, "pieces whose hashes differ", "more than " + MAX_PROBES + " with close hashes");
  }

  private TokenizerException fault(String piece, String expected, String found) {
    return TokenizerException.of(file, key + "[" + Shown.quote(piece) + "]", expected, found);
  }
}
