package rankine.engine.serving;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import rankine.common.CheckpointException;
import rankine.common.ModelException;
import rankine.common.RankineException;
import rankine.engine.model.Model;
import rankine.engine.model.Session;
import rankine.engine.run.LoadedModel;
import rankine.engine.serving.PrefixCache.SharedPrefix;
import rankine.engine.serving.RejectedSequenceException.RejectionReason;
import rankine.kernels.AttentionScores;
import rankine.kernels.Op;

/**
 * Runs the requests of many threads on one model, batched as they arrive. One thread owns the
 * model; nothing else may use it until {@link #close}.
 *
 * <p>A step runs one batch: one token of every sequence that grows, and as many tokens of the
 * prompts before it as fit, in the order of their arrival. Beside growing texts a step computes at
 * most {@value #PREFILL_BESIDE_DECODING} tokens of prompts, so that a long prompt does not hold
 * them up.
 */
public final class BatchScheduler implements AutoCloseable {
  /** Most tokens of prompts in a step that also adds tokens to texts. */
  static final int PREFILL_BESIDE_DECODING = 128;

  private final LoadedModel loaded;
  private final int parallel;
  private final int queue;
  private final int contextLength;
  private final int window;
  private final Session session;
  private final PrefixCache prefixes;
  private final BatchStep step;
  private final Thread thread;
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  /** What callers see of {@link #end}: one copy, because the original remembers every copy. */
  private final CompletableFuture<Void> ended = end.copy();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ServedSequence> waiting = new ArrayDeque<>();
  private final List<ServedSequence> running = new ArrayList<>();
  private boolean draining;
  private boolean closing;

  /** Why it closes; null if it is told to. */
  private Throwable failure;

  private ServingStatistics statistics = new ServingStatistics(0, 0, 0, 0, 0, 0, 0, 0);

  /** Receives what happens to a submission's requests, on the scheduler's thread. */
  @FunctionalInterface
  public interface SequenceListener {
    /**
     * Receives an event; must not block.
     *
     * @param index of the request in its submission
     */
    void accept(int index, SequenceEvent event);
  }

  /** Requests that were submitted together. */
  @FunctionalInterface
  public interface Submission {
    /** Ends those that are not done, without another event. */
    void cancel();
  }

  /**
   * Starts the scheduler's thread.
   *
   * @throws ModelException if the limits do not fit the model or the memory
   */
  // The scheduler owns the session and closes it.
  @SuppressWarnings("MustBeClosedChecker")
  public BatchScheduler(LoadedModel loaded, ServingOptions options) {
    this.loaded = loaded;
    this.parallel = options.parallel();
    this.queue = options.queue();
    this.contextLength = options.contextLength(loaded);
    this.window = window(loaded.model());
    long prefixBytes = options.prefixLimit(loaded);
    int rows = Math.max(parallel, Math.min(Session.DEFAULT_CHUNK, contextLength));
    int logitRows = Math.max(parallel, Session.SCORING_ROWS);
    if (loaded.backend().backend().usesHeap()) {
      Model model = loaded.model();
      loaded
          .limits()
          .requireHeap(
              parallel * model.cacheBytes(contextLength)
                  + prefixBytes
                  + model.activationBytes(rows, Math.min(rows, logitRows)),
              "the keys and values of %d sequences of %,d tokens, and of those that are done"
                  .formatted(parallel, contextLength),
              "a smaller --parallel, --context or --prefix-cache");
    }
    this.session = loaded.session(rows, logitRows);
    this.prefixes = new PrefixCache(loaded.model(), window, prefixBytes);
    this.step = new BatchStep(session);
    this.thread = Thread.ofPlatform().name("scheduler").start(this::loop);
  }

  /** Returns the smallest attention window. */
  private static int window(Model model) {
    int least = AttentionScores.UNLIMITED;
    for (Op op : model.scoringProgram()) {
      if (op instanceof Op.Attention attention) {
        least = Math.min(least, attention.scores().window());
      }
    }
    return least;
  }

  /** Returns the most tokens of a sequence. */
  public int contextLength() {
    return contextLength;
  }

  /**
   * Submits requests; they run in their order as soon as there is a place.
   *
   * @throws ModelException for an empty prompt, one beyond the context, or an id outside the
   *     vocabulary
   * @throws RejectedSequenceException if too many wait already, or the scheduler ends; a submission
   *     that finds fewer is taken as a whole, so that more than {@link ServingOptions#queue} may
   *     wait after it
   */
  public Submission submit(List<SequenceRequest> requests, SequenceListener listener)
      throws RejectedSequenceException {
    List<ServedSequence> sequences = new ArrayList<>();
    for (SequenceRequest request : requests) {
      check(request.prompt());
      int index = sequences.size();
      sequences.add(
          new ServedSequence(
              loaded, request, contextLength, event -> listener.accept(index, event)));
    }
    lock.lock();
    try {
      if (draining || closing) {
        throw new RejectedSequenceException(RejectionReason.CLOSING, "the server ends");
      }
      if (waiting.size() >= queue && waiting.size() + running.size() >= parallel) {
        throw new RejectedSequenceException(
            RejectionReason.QUEUE_FULL,
            "queue: expected at most %d requests that wait, found %d"
                .formatted(queue, waiting.size()));
      }
      waiting.addAll(sequences);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return () -> cancel(sequences);
  }

  private void check(int[] prompt) {
    if (prompt.length == 0) {
      throw new ModelException("prompt: expected at least one token, found none");
    }
    if (prompt.length > contextLength) {
      throw new ModelException(
          "prompt: expected at most %d tokens, found %d".formatted(contextLength, prompt.length));
    }
    int vocabSize = loaded.model().config().vocabSize();
    for (int id : prompt) {
      if (id < 0 || id >= vocabSize) {
        throw new ModelException(
            "prompt: expected ids from 0 to %d, found %d".formatted(vocabSize - 1, id));
      }
    }
  }

  private void cancel(List<ServedSequence> sequences) {
    lock.lock();
    try {
      sequences.forEach(ServedSequence::cancel);
      waiting.removeAll(sequences);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    try {
      while (admit()) {
        runStep();
        removeDone();
      }
    } catch (RuntimeException | Error e) { // a defect, or weights that can no longer be read
      abort(e);
    }
    end();
  }

  /** Ends because the model cannot be used any more; requests that are not done fail with it. */
  public void abort(Throwable cause) {
    lock.lock();
    try {
      if (!closing) {
        closing = true;
        failure = cause;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for work and gives it free places; returns false once the scheduler is closed. */
  private boolean admit() {
    lock.lock();
    try {
      while (!closing && waiting.isEmpty() && running.isEmpty()) {
        changed.awaitUninterruptibly();
      }
      while (running.size() < parallel && !waiting.isEmpty()) {
        running.add(waiting.poll());
      }
      return !closing;
    } finally {
      lock.unlock();
    }
  }

  private void runStep() {
    try {
      step.clear();
      for (ServedSequence sequence : running) {
        if (!sequence.isDone() && sequence.isDecoding()) {
          step.add(sequence, 1);
        }
      }
      int room = step.isEmpty() ? session.maxRows() : PREFILL_BESIDE_DECODING;
      for (ServedSequence sequence : running) {
        if (!sequence.isDone()
            && !sequence.isDecoding()
            && (sequence.isStarted() || start(sequence))) {
          room -= step.add(sequence, room);
        }
      }
      step.run();
    } catch (CheckpointException e) {
      throw e; // no later step can read the weights either
    } catch (RankineException | OutOfMemoryError e) {
      running.forEach(sequence -> sequence.fail(e));
    }
  }

  /**
   * Starts a request with what others have computed of its prompt. Returns false if it waits: a
   * sequence before it computes more of the same beginning.
   */
  private boolean start(ServedSequence sequence) {
    SequenceRequest request = sequence.request();
    List<ComputedTokens> others = new ArrayList<>();
    int coming = 0;
    for (ServedSequence other : running) {
      if (other.isStarted() && !other.isDone()) {
        others.add(other.tokens());
        if (!other.isDecoding()) {
          coming = Math.max(coming, other.tokens().reusable(request, false, window));
        }
      }
    }
    Optional<SharedPrefix> shared = prefixes.longest(request, others);
    int known = shared.map(SharedPrefix::positions).orElse(0);
    if (coming >= known + PrefixCache.LEAST_SHARED) {
      return false;
    }
    int alternatives = request.scoresPrompt() ? request.alternatives() : -1;
    ComputedTokens tokens =
        shared
            .map(s -> s.source().fork(request.prompt(), s.positions(), alternatives))
            .orElseGet(() -> ComputedTokens.of(request.prompt(), session.sequence(), alternatives));
    sequence.contained(() -> sequence.start(tokens, known));
    step.know(known);
    return !sequence.isDone() && !sequence.isDecoding();
  }

  private void removeDone() {
    List<ServedSequence> done = running.stream().filter(ServedSequence::isDone).toList();
    for (ServedSequence sequence : done) {
      if (sequence.isStarted()) {
        prefixes.keep(sequence.tokens());
      }
    }
    lock.lock();
    try {
      running.removeAll(done);
      statistics = step.statistics(prefixes);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Fails what is left, and frees the model. */
  private void end() {
    List<ServedSequence> left;
    Throwable cause;
    lock.lock();
    try {
      cause = failure;
      left = new ArrayList<>(running);
      left.addAll(waiting);
      running.clear();
      waiting.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    for (ServedSequence sequence : left) {
      sequence.fail(
          cause == null
              ? new RejectedSequenceException(RejectionReason.CLOSING, "the server ends")
              : cause);
      if (sequence.isStarted()) {
        sequence.tokens().close();
      }
    }
    prefixes.close();
    session.close();
    if (cause == null) {
      end.complete(null);
    } else {
      end.completeExceptionally(cause);
    }
  }

  /** Returns what the scheduler does and has done. */
  public ServingStatistics statistics() {
    lock.lock();
    try {
      return statistics.with(running.size(), waiting.size());
    } finally {
      lock.unlock();
    }
  }

  /** Completes when the scheduler has ended; exceptionally if it cannot go on. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** Takes no more requests, and waits until those that it has are done; at most for so long. */
  public void drain(Duration most) {
    lock.lock();
    try {
      draining = true;
      long left = most.toNanos();
      while (left > 0 && !closing && !(waiting.isEmpty() && running.isEmpty())) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Ends; requests that are not done fail. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
