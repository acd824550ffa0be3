package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import rankine.engine.lowrank.PruningRate;

/**
 * What the whole model makes of an edit of all matrices of the module.
 *
 * @param meanKl of KL(plain ‖ edited) over the positions of the text, in nats
 * @param maxKl the largest
 * @param positions of the text
 * @param flips positions whose most likely next token is another
 * @param examples of a task, where there is one
 */
public record ModelEffect(
    PruningRate rate,
    double meanKl,
    double maxKl,
    int positions,
    List<ArgmaxChange> flips,
    Optional<Examples> examples) {

  /** Copies the list. */
  public ModelEffect {
    flips = List.copyOf(flips);
  }

  /**
   * The examples of a task.
   *
   * @param n how many
   * @param correct how many are right with the edit
   * @param flips those whose prediction is another
   */
  public record Examples(int n, int correct, List<ExampleFlip> flips) {
    /** Copies the list. */
    public Examples {
      flips = List.copyOf(flips);
    }
  }

  /**
   * An example with another prediction.
   *
   * @param example file and row, e.g. {@code dev.tsv:17}
   * @param from the prediction before, as the task names it; {@code tie} where a tie is none
   * @param to and with the edit
   * @param gold what is right
   */
  public record ExampleFlip(String example, String from, String to, String gold) {}

  /** The part of the positions whose most likely next token is another. */
  public double flippedShare() {
    return (double) flips.size() / positions;
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rate", rate.value());
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
