package rankine.engine.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.engine.model.Session;
import rankine.kernels.Batch;

/**
 * One batch: which tokens of which sequences, and what its logits decide. Reused; not thread-safe.
 */
final class BatchStep {
  private final Session session;
  private final List<BatchPart> parts = new ArrayList<>();
  private int tokens;
  private int logitRows;

  /** The logits of one row, [vocabSize]; reused. */
  private final float[] logits;

  private long promptTokens;
  private long cachedTokens;
  private long generatedTokens;
  private long steps;

  /**
   * The next tokens of a sequence.
   *
   * @param from position of the first
   * @param count how many
   */
  private record BatchPart(ServedSequence sequence, int from, int count) {}

  BatchStep(Session session) {
    this.session = session;
    this.logits = new float[session.model().config().vocabSize()];
  }

  void clear() {
    parts.clear();
    tokens = 0;
    logitRows = 0;
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Counts tokens of a prompt that need not be computed. */
  void know(int known) {
    cachedTokens += known;
  }

  /**
   * Adds the next tokens of a sequence, as many as fit.
   *
   * @param most of them
   * @return how many were added
   */
  int add(ServedSequence sequence, int most) {
    int from = sequence.tokens().cache().length();
    int room = Math.min(Math.min(most, sequence.pending()), session.maxRows() - tokens);
    int count = 0;
    int rows = 0;
    while (count < room) {
      int row = sequence.needsLogits(from + count) ? 1 : 0;
      if (logitRows + rows + row > session.maxLogitRows()) {
        break;
      }
      rows += row;
      count++;
    }
    if (count > 0) {
      parts.add(new BatchPart(sequence, from, count));
      tokens += count;
      logitRows += rows;
      if (!sequence.isDecoding()) {
        promptTokens += count;
      }
    }
    return count;
  }

  /** Runs the batch, and tells each sequence the tokens that its logits decide. */
  void run() {
    if (parts.isEmpty()) {
      return;
    }
    List<Batch.Sequence> sequences = new ArrayList<>();
    int[] rows = new int[logitRows];
    int row = 0;
    int next = 0;
    for (BatchPart part : parts) {
      ComputedTokens computed = part.sequence.tokens();
      sequences.add(
          new Batch.Sequence(computed.cache(), computed.ids(part.from, part.from + part.count)));
      for (int position = part.from; position < part.from + part.count; position++) {
        if (part.sequence.needsLogits(position)) {
          rows[next++] = row;
        }
        row++;
      }
    }
    Session.BatchLogits found = session.forward(new Batch(sequences, rows));
    steps++;
    if (rows.length > 0) {
      decide(found);
    }
  }

  private void decide(Session.BatchLogits found) {
    int[][] ids = new int[logitRows][0];
    int[][] targets = new int[logitRows][0];
    boolean scored = false;
    int row = 0;
    for (BatchPart part : parts) {
      int wanted = part.sequence.request().alternatives();
      for (int p = part.from; p < part.from + part.count; p++) {
        if (part.sequence.needsLogits(p)) {
          ids[row] = chosen(part.sequence, p, wanted, found, row);
          targets[row] = wanted < 0 ? new int[0] : ids[row];
          scored |= wanted >= 0;
          row++;
        }
      }
    }
    double[][] scores = scored ? found.logProbabilities(targets) : new double[logitRows][0];
    row = 0;
    for (BatchPart part : parts) {
      for (int p = part.from; p < part.from + part.count; p++) {
        if (part.sequence.needsLogits(p)) {
          tell(part.sequence, p, ids[row], scores[row]);
          row++;
        }
      }
    }
  }

  /** Returns the token after a position, then the alternatives; nothing if the sequence failed. */
  private int[] chosen(
      ServedSequence sequence, int position, int wanted, Session.BatchLogits found, int row) {
    boolean given = position < sequence.tokens().size() - 1;
    int[] best = {};
    if (!given || wanted > 0) {
      found.read(row, logits);
      best = top(logits, Math.max(wanted, 0));
    }
    int[] ids = new int[1 + best.length];
    System.arraycopy(best, 0, ids, 1, best.length);
    sequence.contained(() -> ids[0] = sequence.choose(position, logits));
    return sequence.isDone() ? new int[0] : ids;
  }

  private void tell(ServedSequence sequence, int position, int[] ids, double[] scores) {
    if (sequence.isDone()) {
      return;
    }
    if (position == sequence.tokens().size() - 1) {
      generatedTokens++;
    }
    sequence.contained(() -> sequence.accept(position, ids, scores));
  }

  /** Returns the ids of the {@code count} largest logits, best first; ties by smaller id. */
  static int[] top(float[] logits, int count) {
    int[] best = new int[Math.min(count, logits.length)];
    int size = 0;
    for (int id = 0; id < logits.length && best.length > 0; id++) {
      if (size == best.length && !(logits[id] > logits[best[size - 1]])) {
        continue;
      }
      int at = size < best.length ? size++ : size - 1;
      while (at > 0 && logits[id] > logits[best[at - 1]]) {
        best[at] = best[at - 1];
        at--;
      }
      best[at] = id;
    }
    return Arrays.copyOf(best, size);
  }

  ServingStatistics statistics(PrefixCache prefixes) {
    return new ServingStatistics(
        0,
        0,
        promptTokens,
        cachedTokens,
        generatedTokens,
        steps,
        prefixes.count(),
        prefixes.bytes());
  }
}
