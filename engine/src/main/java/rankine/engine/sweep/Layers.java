package rankine.engine.sweep;

import java.util.List;
import rankine.common.RunException;
import rankine.engine.edit.LayerRange;

/**
 * Which layers a grid has, before the model is known.
 *
 * @param ranges in the order given; empty for {@code all}: each layer on its own
 */
public record Layers(List<LayerRange> ranges) {
  /** Copies the list. */
  public Layers {
    ranges = List.copyOf(ranges);
  }

  /**
   * Reads {@code 0-5}, {@code 0,3}, {@code all} or {@code -1}.
   *
   * @throws RunException for any other form
   */
  public static Layers parse(String text) {
    if (text.equals("all")) {
      return new Layers(List.of());
    }
    return new Layers(LayerRange.parse(text).orElseThrow(() -> refused(text)));
  }

  private static RunException refused(String text) {
    return new RunException(
        "layers: expected layers and ranges such as 0,3 or 0-5, all (each on its own) or -1 (all at"
            + " once), found '%s'".formatted(text));
  }

  /**
   * The layers of a model of {@code count}.
   *
   * @throws RunException for one that the model does not have
   */
  List<Integer> of(int count) {
    return LayerRange.layers(
        ranges.isEmpty() ? List.of(new LayerRange(0, count - 1)) : ranges,
        count,
        layer ->
            new RunException("layers: expected -1 to %d, found %d".formatted(count - 1, layer)));
  }
}
