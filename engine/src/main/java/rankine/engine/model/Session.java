package rankine.engine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.Op;

/**
 * One use of a model: the activations that its programs work in. Sequences live in {@link KvCache}s
 * that it makes. Not for use by several threads at once; sessions of one model share its weights.
 */
public final class Session implements AutoCloseable {
  /** Tokens that go through the model together, unless said otherwise. */
  public static final int DEFAULT_CHUNK = 512;

  /** Rows of logits that one batch makes at most. */
  public static final int MAX_WANTED = 64;

  private final Model model;
  private final Backend backend;
  private final Activations activations;

  /** A session of {@code model} on the backend that it was loaded on. */
  public Session(Model model, Backend backend) {
    this(model, backend, DEFAULT_CHUNK);
  }

  /**
   * A session whose batches have up to {@code chunk} tokens.
   *
   * @param chunk more tokens are run in several batches, with the same result
   */
  public Session(Model model, Backend backend, int chunk) {
    this.model = model;
    this.backend = backend;
    this.activations = backend.activations(model.slots(), chunk, Math.min(MAX_WANTED, chunk));
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /** Tokens that a batch may have. */
  public int maxRows() {
    return activations.tokenRows();
  }

  /** Rows of logits that a batch may ask for. */
  public int maxWanted() {
    return activations.wantedRows();
  }

  /** An empty sequence. */
  public KvCache sequence() {
    return backend.cache(model.config().kvShape());
  }

  /**
   * Appends {@code ids} to a sequence; computes no logits. This and the other methods append
   * nothing where they refuse something.
   *
   * @throws ModelException for an id that the model does not have, or a sequence beyond its context
   */
  public void append(KvCache cache, int[] ids) {
    check(cache, ids);
    for (int from = 0; from < ids.length; from += maxRows()) {
      int[] chunk = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + maxRows()));
      run(new Batch(List.of(new Batch.Sequence(cache, chunk)), new int[0]));
    }
  }

  /**
   * Appends {@code ids} to a sequence and returns the logits [vocabSize] of its last position.
   *
   * @param ids at least one
   */
  public float[] logits(KvCache cache, int[] ids) {
    last(cache, ids);
    float[] logits = new float[model.config().vocabSize()];
    backend.read(activations, model.logits(), 0, logits);
    return logits;
  }

  /** Appends {@code ids} and returns the most likely next id; of equals the smallest. */
  public int greedy(KvCache cache, int[] ids) {
    last(cache, ids);
    return backend.argmax(activations, model.logits(), 0);
  }

  private void last(KvCache cache, int[] ids) {
    if (ids.length == 0) {
      throw new ModelException("prompt: expected at least one token, found none");
    }
    check(cache, ids);
    int from = (ids.length - 1) / maxRows() * maxRows();
    append(cache, Arrays.copyOf(ids, from));
    int[] rest = Arrays.copyOfRange(ids, from, ids.length);
    run(new Batch(List.of(new Batch.Sequence(cache, rest)), new int[] {rest.length - 1}));
  }

  /**
   * Runs a batch of at most {@link #maxRows} tokens and returns, for each wanted row i, the
   * log-probability (natural) of each of {@code targets[i]} as the next token.
   */
  public double[][] logProbabilities(Batch batch, int[][] targets) {
    for (Batch.Sequence sequence : batch.sequences()) {
      check(sequence.cache(), sequence.ids());
    }
    for (int[] row : targets) {
      checkIds(row);
    }
    run(batch);
    return backend.logProbabilities(activations, model.logits(), targets);
  }

  private void run(Batch batch) {
    List<Op> whole = new ArrayList<>(model.embedding());
    model.layers().forEach(whole::addAll);
    if (batch.wanted().length > 0) {
      whole.addAll(model.head());
    }
    backend.run(whole, activations, batch);
    for (Batch.Sequence sequence : batch.sequences()) {
      sequence.cache().advance(sequence.ids().length);
    }
  }

  private void check(KvCache cache, int[] ids) {
    checkRoom(cache, ids.length);
    checkIds(ids);
  }

  private void checkIds(int[] ids) {
    int vocabSize = model.config().vocabSize();
    for (int id : ids) {
      if (id < 0 || id >= vocabSize) {
        throw new ModelException(
            "token id: expected 0 to %d (vocab_size %d), found %d"
                .formatted(vocabSize - 1, vocabSize, id));
      }
    }
  }

  private void checkRoom(KvCache cache, int tokens) {
    int limit = model.config().contextLength();
    if (tokens > limit - cache.length()) {
      throw new ModelException(
          "context: expected at most %d tokens (the model's limit), found %d"
              .formatted(limit, (long) cache.length() + tokens));
    }
  }

  @Override
  public void close() {
    activations.close();
  }
}
