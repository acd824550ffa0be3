package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import rankine.engine.lowrank.PruningRate;

/**
 * The effect of an edit of all studied matrices on the whole model.
 *
 * @param rate of the edit; absent for a plan
 * @param ranks that the edit keeps: see {@link rankine.engine.sweep.Cell#ranks}
 * @param meanKl mean KL(unedited ‖ edited) over the positions of the text, in nats
 * @param maxKl the maximum
 * @param positions number of positions of the text
 * @param flips positions whose most likely next token changes
 * @param examples present if the text is a task
 */
public record ModelEffect(
    Optional<PruningRate> rate,
    List<Integer> ranks,
    double meanKl,
    double maxKl,
    int positions,
    List<ArgmaxChange> flips,
    Optional<Examples> examples) {

  /** Copies the lists. */
  public ModelEffect {
    ranks = List.copyOf(ranks);
    flips = List.copyOf(flips);
  }

  /**
   * The examples of a task.
   *
   * @param n number of examples
   * @param correct number of correct predictions with the edit
   * @param flips examples whose prediction changes
   */
  public record Examples(int n, int correct, List<ExampleFlip> flips) {
    /** Copies the list. */
    public Examples {
      flips = List.copyOf(flips);
    }
  }

  /**
   * An example whose prediction changes.
   *
   * @param example file and row, e.g. {@code dev.tsv:17}
   * @param from the prediction of the unedited model, as in the task; {@code tie} for a tie without
   *     a prediction
   * @param to the prediction of the edited model
   * @param gold the correct answer
   */
  public record ExampleFlip(String example, String from, String to, String gold) {}

  /** Returns the fraction of positions whose most likely next token changes. */
  public double flippedShare() {
    return (double) flips.size() / positions;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    rate.ifPresent(r -> json.put("rate", r.value()));
    ranks.forEach(json.putArray("ranks")::add);
    json.put("kl_mean", meanKl).put("kl_max", maxKl);
    json.put("flipped", flips.size()).put("flipped_share", flippedShare());
    ArrayNode list = json.putArray("flips");
    flips.forEach(flip -> list.add(flip.toJson()));
    examples.ifPresent(
        e -> {
          ObjectNode of = json.putObject("examples").put("n", e.n).put("correct", e.correct);
          ArrayNode changed = of.putArray("flips");
          for (ExampleFlip flip : e.flips) {
            changed
                .addObject()
                .put("example", flip.example)
                .put("from", flip.from)
                .put("to", flip.to)
                .put("gold", flip.gold);
          }
        });
    return json;
  }
}
