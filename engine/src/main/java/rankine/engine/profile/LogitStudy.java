package rankine.engine.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import rankine.common.ModelException;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.model.Session;
import rankine.engine.run.LoadedModel;
import rankine.kernels.Batch;
import rankine.tokenizer.Tokenizer;

/**
 * Compares the logits of the unedited and of edited models at every position of a text. Stores the
 * logits of the unedited model: positions · vocabSize floats.
 */
final class LogitStudy {
  private final TextSpans text;
  private final Optional<Tokenizer> tokenizer;
  private final List<float[]> unedited = new ArrayList<>();

  /**
   * Reads the text with the unedited model.
   *
   * @param tokenizer decodes tokens for the report
   * @throws ModelException for ids outside the vocabulary, or logits that are not finite
   */
  LogitStudy(LoadedModel model, TextSpans text, Optional<Tokenizer> tokenizer) {
    this.text = text;
    this.tokenizer = tokenizer;
    read(model, (span, position, id, logits) -> unedited.add(logits));
  }

  /**
   * Refuses a text whose logits under the unedited model do not fit the heap.
   *
   * @throws ModelException with the bytes needed and found
   */
  static void requireMemory(LoadedModel model, TextSpans text) {
    long vocabulary = model.model().config().vocabSize();
    model
        .limits()
        .requireHeap(
            text.positions() * vocabulary * Float.BYTES,
            "the logits of %,d positions".formatted(text.positions()),
            "a shorter text or fewer examples");
  }

  private interface PositionConsumer {
    /** Receives the logits after {@code id} at {@code position} of its sequence. */
    void accept(int span, int position, int id, float[] logits);
  }

  /**
   * Compares {@code edited} on the same text.
   *
   * @param rate of its edits; absent for a plan
   */
  ModelEffect of(
      Optional<PruningRate> rate, LoadedModel edited, Optional<ModelEffect.Examples> examples) {
    Comparison comparison = new Comparison();
    read(edited, comparison);
    return new ModelEffect(
        rate,
        edited.edits().ranks(edited.original()),
        comparison.sum / unedited.size(),
        comparison.max,
        unedited.size(),
        comparison.flips,
        examples);
  }

  private void read(LoadedModel model, PositionConsumer consumer) {
    try (Session session = model.scoringSession()) {
      text.read(
          session::sequence,
          session.maxLogitRows(),
          (sequence, span) -> {
            int past = sequence.cache().length();
            int[] logitRows = IntStream.range(0, sequence.ids().length).toArray();
            float[][] logits = session.logits(new Batch(List.of(sequence), logitRows));
            for (int row = 0; row < logits.length; row++) {
              checkFinite(logits[row], past + row);
              consumer.accept(span, past + row, sequence.ids()[row], logits[row]);
            }
          });
    }
  }

  private static void checkFinite(float[] logits, int position) {
    for (int id = 0; id < logits.length; id++) {
      if (!Float.isFinite(logits[id])) {
        throw new ModelException(
            ("logit %d after position %d: expected a finite number, found %s"
                    + " (weights that are not finite, or too large)")
                .formatted(id, position, logits[id]));
      }
    }
  }

  /** Accumulates over the positions, in order. */
  private final class Comparison implements PositionConsumer {
    private final List<ArgmaxChange> flips = new ArrayList<>();
    private double sum;
    private double max;
    private int next;

    @Override
    public void accept(int span, int position, int id, float[] edited) {
      float[] before = unedited.get(next++);
      double kl = Divergence.kl(before, edited);
      sum += kl;
      max = Math.max(max, kl);
      int from = Divergence.argmax(before);
      int to = Divergence.argmax(edited);
      if (from != to) {
        flips.add(new ArgmaxChange(span, position, token(id), token(from), token(to)));
      }
    }
  }

  private ArgmaxChange.FlippedToken token(int id) {
    return new ArgmaxChange.FlippedToken(
        id, tokenizer.filter(t -> t.hasPiece(id)).map(t -> t.decode(new int[] {id})));
  }
}
