package rankine.tokenizer;

import java.util.Arrays;
import rankine.common.TokenizerException;
import rankine.common.io.Shown;

/** Builds the {@link MergeTable} from merges as text, in the order of their ranks. */
final class MergeReader {
  private final String file;
  private final String key;
  private final Vocabulary vocabulary;
  private final MergeTable table;
  private char[] joined = new char[256];
  private int leftLength;
  private int count;

  MergeReader(String file, String key, Vocabulary vocabulary) {
    this.file = file;
    this.key = key;
    this.vocabulary = vocabulary;
    this.table = new MergeTable(file, vocabulary.count());
  }

  /** The number of merges added. */
  int count() {
    return count;
  }

  MergeTable table() {
    return table;
  }

  /** Adds a merge written as "left right". */
  void addSpaced(char[] chars, int offset, int length) {
    int space = indexOfSpace(chars, offset, offset + length);
    int after = space + 1;
    if (space < 0 || indexOfSpace(chars, after, offset + length) >= 0) {
      throw fault("two pieces with one space between", new String(chars, offset, length));
    }
    setLeft(chars, offset, space - offset);
    addRight(chars, after, offset + length - after);
  }

  /** Sets the left piece of the merge that {@link #addRight} then adds. */
  void setLeft(char[] chars, int offset, int length) {
    ensureCapacity(length);
    System.arraycopy(chars, offset, joined, 0, length);
    leftLength = length;
  }

  void addRight(char[] chars, int offset, int length) {
    int end = leftLength + length;
    ensureCapacity(end);
    System.arraycopy(chars, offset, joined, leftLength, length);
    int left = piece(0, leftLength);
    int right = piece(leftLength, end);
    table.put(left, right, count, piece(0, end));
    count++;
  }

  private int piece(int from, int to) {
    int id = vocabulary.id(joined, from, to);
    if (id < 0) {
      throw fault("pieces of the vocabulary", new String(joined, from, to - from));
    }
    return id;
  }

  private void ensureCapacity(int length) {
    if (joined.length < length) {
      joined = Arrays.copyOf(joined, Math.max(length, 2 * joined.length));
    }
  }

  private TokenizerException fault(String expected, String found) {
    return TokenizerException.of(file, key + "[" + count + "]", expected, Shown.quote(found));
  }

  private static int indexOfSpace(char[] chars, int from, int to) {
    for (int i = from; i < to; i++) {
      if (chars[i] == ' ') {
        return i;
      }
    }
    return -1;
  }
}
