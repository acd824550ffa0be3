package rankine.engine.model;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import rankine.common.ModelException;
import rankine.kernels.Activations;
import rankine.kernels.Backend;
import rankine.kernels.Batch;
import rankine.kernels.KvCache;
import rankine.kernels.Op;
import rankine.kernels.Slot;

/**
 * Runs a model: owns the activations of its programs and creates the {@link KvCache} of each
 * sequence. Not thread-safe; sessions of one model share its weights.
 */
public final class Session implements AutoCloseable {
  /** Default number of tokens per batch. */
  public static final int DEFAULT_CHUNK = 512;

  /** Logit rows per batch for scoring many continuations together. */
  public static final int SCORING_ROWS = 64;

  private final Model model;
  private final Backend backend;
  private final List<Op> appendProgram;
  private final List<Op> scoringProgram;
  private final Activations activations;

  /** The reused batch of a single token, or null. */
  private Batch single;

  /** Creates a session with the default batch size and logit rows. */
  public Session(Model model, Backend backend) {
    this(model, backend, DEFAULT_CHUNK, SCORING_ROWS);
  }

  /**
   * Creates a session of {@code model} on the backend that loaded it.
   *
   * @param chunk maximum tokens per batch; longer inputs run in several batches with the same
   *     result
   * @param logitRows maximum logit rows per batch; each takes vocabSize floats
   */
  public Session(Model model, Backend backend, int chunk, int logitRows) {
    this.model = model;
    this.backend = backend;
    this.appendProgram = model.appendProgram();
    this.scoringProgram = model.scoringProgram();
    Set<Slot> slots = Model.slots(scoringProgram);
    this.activations = backend.activations(slots, chunk, Math.min(logitRows, chunk));
  }

  /** Returns the model. */
  public Model model() {
    return model;
  }

  /** Returns the maximum tokens per batch. */
  public int maxRows() {
    return activations.tokenRows();
  }

  /** Returns the maximum logit rows per batch. */
  public int maxLogitRows() {
    return activations.logitRows();
  }

  /** Returns the KV cache of a new, empty sequence. */
  public KvCache sequence() {
    return backend.cache(model.config().kvShape());
  }

  /**
   * Appends {@code ids} to a sequence without computing logits. If this or another method throws a
   * ModelException, the sequence is unchanged.
   *
   * @throws ModelException for an id outside the vocabulary, or a sequence beyond the context
   *     length
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
    runLast(cache, ids);
    float[] logits = new float[model.config().vocabSize()];
    backend.read(activations, model.logits(), 0, logits);
    return logits;
  }

  /** Appends {@code ids} and returns the most likely next id; on ties the smallest. */
  public int greedy(KvCache cache, int[] ids) {
    runLast(cache, ids);
    int best = backend.argmax(activations, model.logits(), 0);
    if (best < 0) {
      throw new ModelException(
          "logits: expected numbers, found NaN (weights that are not finite, or too large)");
    }
    return best;
  }

  private void runLast(KvCache cache, int[] ids) {
    if (ids.length == 0) {
      throw new ModelException("prompt: expected at least one token, found none");
    }
    check(cache, ids);
    if (ids.length == 1) {
      run(singleToken(cache, ids[0]));
      return;
    }
    int from = (ids.length - 1) / maxRows() * maxRows();
    append(cache, Arrays.copyOf(ids, from));
    int[] rest = Arrays.copyOfRange(ids, from, ids.length);
    run(new Batch(List.of(new Batch.Sequence(cache, rest)), new int[] {rest.length - 1}));
  }

  /**
   * Returns the batch of one token; reuses the previous one of the sequence to avoid allocation.
   */
  private Batch singleToken(KvCache cache, int id) {
    if (single == null || !single.sequences().getFirst().cache().equals(cache)) {
      single = new Batch(List.of(new Batch.Sequence(cache, new int[1])), new int[] {0});
    }
    single.sequences().getFirst().ids()[0] = id;
    return single;
  }

  /**
   * Runs a batch of at most {@link #maxRows} tokens and returns, for each logit row i, the natural
   * log-probability of each of {@code targets[i]} as the next token.
   */
  public double[][] logProbabilities(Batch batch, int[][] targets) {
    for (int[] row : targets) {
      checkIds(row);
    }
    return forward(batch).logProbabilities(targets);
  }

  /**
   * Runs a batch of at most {@link #maxRows} tokens and returns the logits of its logit rows,
   * [logit rows, vocabSize].
   */
  public float[][] logits(Batch batch) {
    BatchLogits found = forward(batch);
    float[][] logits = new float[batch.logitRows().length][];
    for (int row = 0; row < logits.length; row++) {
      logits[row] = new float[model.config().vocabSize()];
      found.read(row, logits[row]);
    }
    return logits;
  }

  /**
   * Runs a batch of at most {@link #maxRows} tokens, for callers that choose by the logits what
   * else they need of them.
   */
  public BatchLogits forward(Batch batch) {
    for (Batch.Sequence sequence : batch.sequences()) {
      check(sequence.cache(), sequence.ids());
    }
    run(batch);
    return new BatchLogits();
  }

  /** The logits of a batch's logit rows; valid until the session runs another batch. */
  public final class BatchLogits {
    private BatchLogits() {}

    /** Copies the logits of logit row {@code i} to {@code into} [vocabSize]. */
    public void read(int i, float[] into) {
      backend.read(activations, model.logits(), i, into);
    }

    /**
     * Returns, for each logit row i, the natural log-probability of each of {@code targets[i]} as
     * the next token.
     *
     * @param targets ids of the vocabulary; one list for each logit row
     */
    public double[][] logProbabilities(int[][] targets) {
      return backend.logProbabilities(activations, model.logits(), targets);
    }
  }

  private void run(Batch batch) {
    backend.run(batch.logitRows().length == 0 ? appendProgram : scoringProgram, activations, batch);
    for (int s = 0; s < batch.sequences().size(); s++) {
      Batch.Sequence sequence = batch.sequences().get(s);
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
      String reason =
          model
              .longContext()
              .map(l -> "LongRoPE's short factors; logits and generate take " + l.contextLength())
              .orElse("the model's limit");
      throw new ModelException(
          "context: expected at most %d tokens (%s), found %d"
              .formatted(limit, reason, (long) cache.length() + tokens));
    }
  }

  @Override
  public void close() {
    activations.close();
  }
}
