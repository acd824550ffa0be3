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
 * The logits after every position of a text, plain and edited. Those of the plain model are kept:
 * positions · vocabSize floats.
 */
final class LogitStudy {
  private final TextSpans text;
  private final Optional<Tokenizer> tokenizer;
  private final List<float[]> plain = new ArrayList<>();

  /**
   * Reads the text with the plain model.
   *
   * @param tokenizer for the words of tokens
   * @throws ModelException for ids that the model does not have, or logits that are no numbers
   */
  LogitStudy(LoadedModel model, TextSpans text, Optional<Tokenizer> tokenizer) {
    this.text = text;
    this.tokenizer = tokenizer;
    read(model, (passage, position, id, logits) -> plain.add(logits));
  }

  private interface EachPosition {
    /** The logits after {@code id}, which stands at {@code position} of its sequence. */
    void see(int passage, int position, int id, float[] logits);
  }

  /** What {@code edited} makes of the same text. */
  ModelEffect of(PruningRate rate, LoadedModel edited, Optional<ModelEffect.Examples> examples) {
    Comparison comparison = new Comparison();
    read(edited, comparison);
    return new ModelEffect(
        rate,
        comparison.sum / plain.size(),
        comparison.max,
        plain.size(),
        comparison.flips,
        examples);
  }

  private void read(LoadedModel model, EachPosition each) {
    try (Session session = model.scoringSession()) {
      text.read(
          session::sequence,
          session.maxLogitRows(),
          (piece, passage) -> {
            int past = piece.cache().length();
            int[] logitRows = IntStream.range(0, piece.ids().length).toArray();
            float[][] logits = session.logits(new Batch(List.of(piece), logitRows));
            for (int row = 0; row < logits.length; row++) {
              checkNumbers(logits[row], past + row);
              each.see(passage, past + row, piece.ids()[row], logits[row]);
            }
          });
    }
  }

  private static void checkNumbers(float[] logits, int position) {
    for (int id = 0; id < logits.length; id++) {
      if (!Float.isFinite(logits[id])) {
        throw new ModelException(
            ("logit %d after position %d: expected a finite number, found %s"
                    + " (weights that are not finite, or too large)")
                .formatted(id, position, logits[id]));
      }
    }
  }

  /** Sums over the positions, in order. */
  private final class Comparison implements EachPosition {
    private final List<ArgmaxChange> flips = new ArrayList<>();
    private double sum;
    private double max;
    private int seen;

    @Override
    public void see(int passage, int position, int id, float[] edited) {
      float[] before = plain.get(seen++);
      double kl = Divergence.kl(before, edited);
      sum += kl;
      max = Math.max(max, kl);
      int from = Divergence.mostLikely(before);
      int to = Divergence.mostLikely(edited);
      if (from != to) {
        flips.add(new ArgmaxChange(passage, position, token(id), token(from), token(to)));
      }
    }
  }

  private ArgmaxChange.FlippedToken token(int id) {
    return new ArgmaxChange.FlippedToken(
        id, tokenizer.filter(t -> id < t.vocabSize()).map(t -> t.decode(new int[] {id})));
  }
}
