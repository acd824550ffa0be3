package rankine.engine.icl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import rankine.common.Sha256;
import rankine.common.TaskException;

/**
 * Fits prompts into a model's context: how many demonstrations can be shown, and what of a prompt
 * is kept that is too long even then.
 *
 * <p>Shots fit if at least 95 % of the part's prompts fit, whatever the limit, so that results at
 * two limits are of the same prompts. Where the user named a number, that number must fit; where
 * not, it is the largest that does, down to none.
 */
final class PromptFitting {

  /** More ids than a text can lose at its end when another follows it. */
  private static final int EDGE = 64;

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
   * One prompt, ready for the model.
   *
   * @param promptHash SHA-256 of the prompt's text, in hex
   * @param truncated whether ids were cut off on the left
   */
  record Item(DataRow row, String promptHash, EncodedExample ids, boolean truncated) {}

  /**
   * What fits.
   *
   * @param shots how many are shown
   * @param items every row of the plan, in its order
   */
  record Fitted(int shots, List<Item> items) {

    int truncated() {
      return (int) items.stream().filter(Item::truncated).count();
    }
  }

  /**
   * Prompts that fit.
   *
   * @throws TaskException if the user's number of shots does not fit, or a row has no room for its
   *     prompt at all
   */
  Fitted fit() {
    int asked = plan.shots();
    int shots = fits(asked) ? asked : largest(asked);
    if (shots < asked && plan.options().shots().isPresent()) {
      throw new TaskException(
          "shots: expected prompts of at most %d tokens (the model's context), found %d tokens with"
                  .formatted(context, longest(asked))
              + " %d shots; at most %d shots fit".formatted(asked, shots));
    }
    return new Fitted(shots, items(shots));
  }

  /** The most shots below {@code tooMany} that fit; 0 if only none might. */
  private int largest(int tooMany) {
    int fits = 0;
    int not = tooMany;
    while (not - fits > 1) {
      int middle = (fits + not) >>> 1;
      if (fits(middle)) {
        fits = middle;
      } else {
        not = middle;
      }
    }
    return fits;
  }

  private int longest(int shots) {
    String demonstrations = builder.demonstrations(plan.demonstrations(shots));
    // The longest text stands for the longest prompt: encoding them all would take long here.
    return plan.part().stream()
        .max(Comparator.comparingInt(row -> builder.query(row).length()))
        .map(row -> encode(demonstrations, row).length())
        .orElseThrow();
  }

  private boolean fits(int shots) {
    String demonstrations = builder.demonstrations(plan.demonstrations(shots));
    // Far too many shots are refused at once, without encoding them again for every row.
    if (encoder.tokens(demonstrations) > context + EDGE) {
      return false;
    }
    int mostTooLong = plan.part().size() / 20;
    int tooLong = 0;
    for (DataRow row : plan.part()) {
      if (encode(demonstrations, row).length() > context && ++tooLong > mostTooLong) {
        return false;
      }
    }
    return true;
  }

  private List<Item> items(int shots) {
    String demonstrations = builder.demonstrations(plan.demonstrations(shots));
    List<Item> items = new ArrayList<>();
    for (DataRow row : plan.rows()) {
      EncodedExample ids = encode(demonstrations, row);
      boolean truncated = ids.length() > context;
      items.add(
          new Item(
              row,
              Sha256.hex(demonstrations + builder.query(row)),
              truncated ? shortened(row, ids) : ids,
              truncated));
    }
    return items;
  }

  private EncodedExample encode(String demonstrations, DataRow row) {
    return encoder.encode(row.where(), demonstrations + builder.query(row), builder.choices(row));
  }

  private EncodedExample shortened(DataRow row, EncodedExample ids) {
    int least = encoder.addsBos() ? 2 : 1;
    if (context - ids.reserved() < least) {
      throw new TaskException(
          "%s: expected room for a continuation of %d tokens and a prompt, found a context of %d"
              .formatted(row.where(), ids.reserved(), context));
    }
    return ids.leftTruncated(context, encoder.addsBos());
  }
}
