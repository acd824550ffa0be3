package rankine.engine.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rankine.engine.model.Model;

/**
 * Sequences that are done, for prompts that begin as they do; the one that was used longest ago
 * goes first when they need more than the limit. Not thread-safe.
 */
final class PrefixCache implements AutoCloseable {
  /** Fewer tokens than this are computed again: a fork takes a block of the KV cache. */
  static final int LEAST_SHARED = 32;

  private final Model model;
  private final int window;
  private final long limit;

  /** In the order of their last use. */
  private final List<ComputedTokens> kept = new ArrayList<>();

  private long bytes;

  /** A sequence that a request can begin with, and how many of its positions. */
  record SharedPrefix(ComputedTokens source, int positions) {}

  /**
   * @param window the smallest attention window of the model
   * @param limit most bytes of keys and values
   */
  PrefixCache(Model model, int window, long limit) {
    this.model = model;
    this.window = window;
    this.limit = limit;
  }

  /** Returns the longest beginning of a request that a sequence has, kept or among others. */
  Optional<SharedPrefix> longest(SequenceRequest request, List<ComputedTokens> others) {
    SharedPrefix best = null;
    for (List<ComputedTokens> sources : List.of(kept, others)) {
      for (ComputedTokens source : sources) {
        int positions = source.reusable(request, true, window);
        if (positions >= LEAST_SHARED && (best == null || positions > best.positions)) {
          best = new SharedPrefix(source, positions);
        }
      }
    }
    if (best != null && kept.remove(best.source)) {
      kept.addLast(best.source);
    }
    return Optional.ofNullable(best);
  }

  /** Keeps a sequence if it is worth it, else closes it. */
  void keep(ComputedTokens tokens) {
    long size = tokens.bytes(model);
    if (tokens.cache().length() < LEAST_SHARED
        || size > limit
        || kept.stream().anyMatch(other -> other.covers(tokens, window))) {
      tokens.close();
      return;
    }
    for (ComputedTokens other : List.copyOf(kept)) {
      if (tokens.covers(other, window)) {
        drop(other);
      }
    }
    while (bytes + size > limit) {
      drop(kept.getFirst());
    }
    kept.addLast(tokens);
    bytes += size;
  }

  private void drop(ComputedTokens tokens) {
    kept.remove(tokens);
    bytes -= tokens.bytes(model);
    tokens.close();
  }

  int count() {
    return kept.size();
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    kept.forEach(ComputedTokens::close);
    kept.clear();
    bytes = 0;
  }
}
