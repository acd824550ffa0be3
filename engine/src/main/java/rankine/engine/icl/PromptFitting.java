package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import rankine.common.TaskException;
import rankine.common.io.Sha256;
import rankine.engine.replay.Prompt;
import rankine.tokenizer.Tokenizer;

/**
 * Fits prompts into a model's context: chooses the number of shots, and truncates on the left the
 * prompts that are still too long.
 *
 * <p>A number of shots fits if at least 95 % of the split's prompts fit, whatever the limit, so
 * that results at two limits use the same prompts. A number that the user gives must fit; otherwise
 * the largest that fits is used, down to 0.
 */
final class PromptFitting {

  /** Exceeds the number of tokens that a text can lose at its end when more text follows. */
  private static final int BOUNDARY_TOKENS = 64;

  private final ExamplePlan plan;
  private final PromptBuilder builder;
  private final PromptEncoder encoder;
  private final int context;

  PromptFitting(ExamplePlan plan, PromptEncoder encoder, int context) {
    this.plan = plan;
    this.builder = new PromptBuilder(plan.task().format());
    this.encoder = encoder;
    this.context = context;
  }

  /**
   * One example whose prompt fits the context.
   *
   * @param promptHash SHA-256 of the whole prompt's text, in hex
   * @param truncated whether the prompt is truncated on the left
   */
  record FittedPrompt(DataRow row, String promptHash, Prompt prompt, boolean truncated) {}

  /**
   * Returns the number of shots that prompts show.
   *
   * @throws TaskException if the user's number of shots does not fit
   */
  int shots() {
    int requested = plan.shots();
    int shots = fits(requested) ? requested : mostShots(requested);
    if (shots < requested && plan.options().shots().isPresent()) {
      throw new TaskException(
          "shots: expected prompts of at most %d tokens (the model's context), found %d tokens with"
                  .formatted(context, longestPrompt(requested))
              + " %d shots; at most %d shots fit".formatted(requested, shots));
    }
    return shots;
  }

  /** Returns the most shots below {@code shots} that fit, by bisection; 0 is not tested. */
  private int mostShots(int shots) {
    int fits = 0;
    int tooMany = shots;
    while (tooMany - fits > 1) {
      int middle = (fits + tooMany) >>> 1;
      if (fits(middle)) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits;
  }

  private int longestPrompt(int shots) {
    ShownEncoder shown = new ShownEncoder(shots);
    // Approximates the longest prompt by the longest text: encoding all would take long here.
    return plan.eligible().stream()
        .max(Comparator.comparingInt(row -> builder.query(row).length()))
        .map(row -> encoder.length(shown.encode(row)))
        .orElseThrow();
  }

  private boolean fits(int shots) {
    String demonstrations = builder.demonstrations(plan.demonstrations(shots));
    // Rejects far too many shots at once, without encoding them again for every row.
    if (encoder.countTokens(demonstrations) > context + BOUNDARY_TOKENS) {
      return false;
    }
    ShownEncoder shown = new ShownEncoder(shots);
    int maxTooLong = plan.eligible().size() / 20;
    int tooLong = 0;
    for (DataRow row : plan.eligible()) {
      if (encoder.length(shown.encode(row)) > context && ++tooLong > maxTooLong) {
        return false;
      }
    }
    return true;
  }

  /**
   * Encodes the prompts, one per row of the plan, in its order.
   *
   * @throws TaskException if a continuation leaves no room for a prompt
   */
  List<FittedPrompt> prompts(int shots) {
    ShownEncoder shown = new ShownEncoder(shots);
    List<FittedPrompt> prompts = new ArrayList<>();
    for (DataRow row : plan.rows()) {
      Prompt encoded = shown.encode(row);
      boolean truncated = encoder.length(encoded) > context;
      prompts.add(
          new FittedPrompt(
              row,
              Sha256.hex(shown.beginning(row) + builder.query(row)),
              truncated ? truncate(row, encoded) : encoded,
              truncated));
    }
    return prompts;
  }

  /**
   * Encodes rows after the demonstrations of one number of shots. Encodes what precedes a query
   * once for all rows that follow one another with the same preamble.
   */
  private final class ShownEncoder {
    private final List<DataRow> demonstrations;
    private String beginning;
    private Tokenizer.PrefixEncoder prefix;

    ShownEncoder(int shots) {
      this.demonstrations = plan.demonstrations(shots);
    }

    String beginning(DataRow row) {
      return builder.beginning(demonstrations, row);
    }

    Prompt encode(DataRow row) {
      String text = beginning(row);
      if (!text.equals(beginning)) {
        beginning = text;
        prefix = encoder.startingWith(text);
      }
      return encoder.encode(
          row.where(), prefix, builder.query(row), builder.given(row), builder.choices(row));
    }
  }

  private Prompt truncate(DataRow row, Prompt encoded) {
    int minRoom = encoder.addsBos() ? 2 : 1;
    if (context - encoder.reserved(encoded) < minRoom) {
      throw new TaskException(
          "%s: expected room for a continuation of %d tokens and a prompt, found a context of %d"
              .formatted(row.where(), encoder.reserved(encoded), context));
    }
    return encoder.leftTruncated(encoded, context);
  }
}
