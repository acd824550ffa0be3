package rankine.tokenizer;

import java.util.Arrays;

/** A growable list of ints. Not thread-safe. */
final class IntList {
  private int[] values = new int[64];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void addAll(int[] source, int from, int count) {
    if (values.length - size < count) {
      values = Arrays.copyOf(values, Math.max(2 * values.length, size + count));
    }
    System.arraycopy(source, from, values, size, count);
    size += count;
  }

  int get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
