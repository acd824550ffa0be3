package rankine.tokenizer;

import java.util.Arrays;

/**
 * Byte-pair merging of one word in O(n log n): a heap of candidate merges over a doubly linked list
 * of symbols. Merges in the order of Hugging Face tokenizers: lowest rank first, then leftmost. As
 * there, a stale candidate still merges if the pair that is now at its position merges to the same
 * id. Not thread-safe.
 */
final class BpeMerger {
  private static final int REMOVED = -1;
  private static final int NONE = -1;

  private final MergeTable merges;
  private int[] symbols;
  private int[] previous = new int[0];
  private int[] next = new int[0];

  /** Binary min-heap of candidates: rank in the high 32 bits, position in the low 32 bits. */
  private long[] heap = new long[64];

  /** The merged id of each candidate of {@link #heap}. */
  private int[] mergedIds = new int[64];

  private int heapSize;
  private long popped;

  BpeMerger(MergeTable merges) {
    this.merges = merges;
  }

  /** Candidates popped off the heap so far: at most three for each symbol merged. */
  long candidatesPopped() {
    return popped;
  }

  /**
   * Merges {@code word[0..n)} in place.
   *
   * @return the number of ids that remain, from index 0
   */
  int merge(int[] word, int n) {
    if (n < 2) {
      return n;
    }
    link(word, n);
    while (heapSize > 0) {
      int position = (int) heap[0];
      int result = mergedIds[0];
      pop();
      popped++;
      int right = symbols[position] == REMOVED ? NONE : next[position];
      if (right == NONE) {
        continue;
      }
      int slot = merges.find(symbols[position], symbols[right]);
      if (slot >= 0 && merges.result(slot) == result) {
        join(position, right, result);
      }
    }
    int left = 0;
    for (int i = 0; i < n; i++) {
      if (word[i] != REMOVED) {
        word[left++] = word[i];
      }
    }
    return left;
  }

  private void link(int[] word, int n) {
    symbols = word;
    if (next.length < n) {
      int capacity = Math.max(n, Math.min(2 * next.length, 1 << 16));
      previous = new int[capacity];
      next = new int[capacity];
    }
    for (int i = 0; i < n; i++) {
      previous[i] = i - 1;
      next[i] = i + 1;
    }
    next[n - 1] = NONE;
    for (int i = 0; i + 1 < n; i++) {
      offer(i, i + 1);
    }
  }

  private void join(int position, int right, int result) {
    symbols[position] = result;
    symbols[right] = REMOVED;
    int after = next[right];
    next[position] = after;
    if (after != NONE) {
      previous[after] = position;
    }
    if (previous[position] != NONE) {
      offer(previous[position], position);
    }
    if (after != NONE) {
      offer(position, after);
    }
  }

  private void offer(int left, int right) {
    int slot = merges.find(symbols[left], symbols[right]);
    if (slot >= 0) {
      push(((long) merges.rank(slot) << 32) | left, merges.result(slot));
    }
  }

  private void push(long order, int result) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, 2 * heapSize);
      mergedIds = Arrays.copyOf(mergedIds, 2 * heapSize);
    }
    int i = heapSize++;
    while (i > 0) {
      int parent = (i - 1) >>> 1;
      if (heap[parent] <= order) {
        break;
      }
      heap[i] = heap[parent];
      mergedIds[i] = mergedIds[parent];
      i = parent;
    }
    heap[i] = order;
    mergedIds[i] = result;
  }

  private void pop() {
    heapSize--;
    long order = heap[heapSize];
    int result = mergedIds[heapSize];
    int i = 0;
    while (true) {
      int child = 2 * i + 1;
      if (child >= heapSize) {
        break;
      }
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= order) {
        break;
      }
      heap[i] = heap[child];
      mergedIds[i] = mergedIds[child];
      i = child;
    }
    heap[i] = order;
    mergedIds[i] = result;
  }
}
