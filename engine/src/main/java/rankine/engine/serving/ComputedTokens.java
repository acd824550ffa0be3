package rankine.engine.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import rankine.engine.model.Model;
import rankine.kernels.KvCache;
import rankine.kernels.KvShape;

/**
 * The tokens of a sequence, the keys and values of the first of them, and the scores of its prompt
 * as far as they were computed. Another sequence may begin with any part of it. Not thread-safe.
 */
final class ComputedTokens implements AutoCloseable {
  private int[] ids;
  private int size;
  private final KvCache cache;

  /** Alternatives of each score; -1 if there are no scores. */
  private final int alternatives;

  private final List<ScoredToken> scores = new ArrayList<>();

  /**
   * The positions at which this sequence, or one it began with, left another: see {@link #bytes}.
   */
  private final NavigableSet<Integer> forks;

  /** A sequence that begins with {@code prompt}, of which {@code cache} has the first positions. */
  private ComputedTokens(
      int[] prompt, KvCache cache, int alternatives, NavigableSet<Integer> forks) {
    this.ids = prompt.clone();
    this.size = prompt.length;
    this.cache = cache;
    this.alternatives = alternatives;
    this.forks = forks;
    if (alternatives >= 0) {
      scores.add(ScoredToken.first(prompt[0]));
    }
  }

  /**
   * A new sequence.
   *
   * @param cache empty
   * @param alternatives of the prompt's scores; -1 for none
   */
  static ComputedTokens of(int[] prompt, KvCache cache, int alternatives) {
    return new ComputedTokens(prompt, cache, alternatives, new TreeSet<>());
  }

  /** Returns a sequence that begins with the first {@code positions} of this one. */
  ComputedTokens fork(int[] prompt, int positions, int wanted) {
    NavigableSet<Integer> left = new TreeSet<>(forks.headSet(positions, false));
    left.add(positions);
    ComputedTokens fork = new ComputedTokens(prompt, cache.fork(positions), wanted, left);
    if (wanted >= 0) {
      scores.subList(1, positions + 1).forEach(s -> fork.scores.add(s.withAlternatives(wanted)));
    }
    return fork;
  }

  KvCache cache() {
    return cache;
  }

  /** The number of tokens, some of which may have no keys and values yet. */
  int size() {
    return size;
  }

  int id(int position) {
    return ids[position];
  }

  /** Returns the ids from {@code from} to {@code to}, exclusive. */
  int[] ids(int from, int to) {
    return Arrays.copyOfRange(ids, from, to);
  }

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.max(16, 2 * size));
    }
    ids[size++] = id;
  }

  /** The scores of the prompt so far, from its first token. */
  List<ScoredToken> scores() {
    return scores;
  }

  /** Returns how many tokens {@code prompt} has in common with this sequence's beginning. */
  int common(int[] prompt) {
    int mismatch = Arrays.mismatch(ids, 0, size, prompt, 0, prompt.length);
    return mismatch < 0 ? size : mismatch;
  }

  /**
   * Returns how many positions a request can take over from this sequence, now or once it is
   * computed.
   *
   * @param computed whether only what is computed counts
   * @param window the smallest attention window of the model
   */
  int reusable(SequenceRequest request, boolean computed, int window) {
    int positions = Math.min(common(request.prompt()), request.prompt().length - 1);
    if (computed) {
      positions = Math.min(positions, cache.length());
    }
    if (request.scoresPrompt()) {
      if (alternatives < request.alternatives()) {
        return 0;
      }
      // The last position that both have scores the next token, in which they may differ.
      positions = computed ? Math.min(positions, scores.size()) - 1 : positions - 1;
    }
    // What a window has passed may be gone: then only the whole sequence can be continued.
    boolean whole = cache.length() <= window || positions == cache.length();
    return whole ? Math.max(0, positions) : 0;
  }

  /** Returns whether whatever can begin with {@code other} can begin with this sequence. */
  boolean covers(ComputedTokens other, int window) {
    int length = cache.length();
    return (length <= window ? other.cache.length() <= length : other.cache.length() == length)
        && Arrays.equals(ids, 0, other.cache.length(), other.ids, 0, other.cache.length())
        && alternatives >= other.alternatives
        && (other.alternatives < 0 || scores.size() >= other.scores.size());
  }

  /**
   * Returns the most bytes that the keys and values take: whole blocks, of which one is partly used
   * at the end and at every fork; and about those of the scores.
   */
  long bytes(Model model) {
    long scored = scores.size() * (64L + 48L * Math.max(alternatives, 0));
    return model.cacheBytes((long) cache.length() + KvShape.BLOCK * (forks.size() + 1L)) + scored;
  }

  @Override
  public void close() {
    cache.close();
  }
}
