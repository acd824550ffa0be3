package rankine.engine.run;

import java.util.Arrays;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;

/** The tokens of one text, which grows. Not thread-safe. */
sealed interface GrowingSequence {

  /** Appends ids, at least one, and returns the logits [vocabSize] after the last. */
  float[] logits(int[] added);

  /** Appends ids, at least one, and returns the most likely next id. */
  int greedy(int[] added);

  /** Returns whether the model's context ends here. */
  boolean isFull();

  /** A sequence within the context of a session's model, which the caller closes. */
  record Within(Session session, KvCache cache) implements GrowingSequence {
    @Override
    public float[] logits(int[] added) {
      return session.logits(cache, added);
    }

    @Override
    public int greedy(int[] added) {
      return session.greedy(cache, added);
    }

    @Override
    public boolean isFull() {
      return cache.length() >= session.model().config().contextLength();
    }
  }

  /**
   * A sequence of a loaded model that may become longer than the context of {@link Model#config}:
   * where it does, all its tokens are computed anew by {@link Model#forLongSequences}.
   */
  final class Whole implements GrowingSequence, AutoCloseable {
    private final LoadedModel loaded;
    private Model model;
    private Session session;
    private KvCache cache;

    /** Begins with the tokens so far; longer, so that one more seldom copies them. */
    private int[] ids = {};

    private int size;

    Whole(LoadedModel loaded) {
      this.loaded = loaded;
      open(loaded.model());
    }

    private void open(Model opened) {
      model = opened;
      session = loaded.session(opened);
      cache = session.sequence();
    }

    @Override
    public float[] logits(int[] added) {
      int[] input = added(added);
      return session.logits(cache, input);
    }

    @Override
    public int greedy(int[] added) {
      int[] input = added(added);
      return session.greedy(cache, input);
    }

    /** Returns the ids to append to the cache: the added ones, or all if the model changes. */
    private int[] added(int[] added) {
      if (size + added.length > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(size + added.length, 2 * size));
      }
      System.arraycopy(added, 0, ids, size, added.length);
      size += added.length;
      if (size <= model.config().contextLength() || model.forLongSequences().isEmpty()) {
        return added;
      }
      close();
      open(model.forLongSequences().get());
      return Arrays.copyOf(ids, size);
    }

    @Override
    public boolean isFull() {
      int context = model.forLongSequences().orElse(model).config().contextLength();
      return cache.length() >= context;
    }

    @Override
    public void close() {
      cache.close();
      session.close();
    }
  }
}
