package rankine.engine.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import rankine.common.EditException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.LayerRange;

/** The layers that a search covers. */
public sealed interface LayerSelection {
  /** {@code auto}: the layer that {@link LayerGuide} chooses. */
  record Auto() implements LayerSelection {}

  /**
   * A single layer, or every layer at once.
   *
   * @param layer from 0, or {@link Edit#EVERY_LAYER}
   */
  record One(int layer) implements LayerSelection {}

  /** {@code 0,3} or {@code 20-27}, or both: several layers, each on its own. */
  record Several(List<LayerRange> ranges) implements LayerSelection {
    /** Copies the list. */
    public Several {
      ranges = List.copyOf(ranges);
    }
  }

  /**
   * Reads {@code auto}, {@code -1}, {@code 5}, {@code 0,3} or {@code 20-27}.
   *
   * @throws EditException for any other text
   */
  static LayerSelection parse(String text) {
    if (text.equals("auto")) {
      return new Auto();
    } else if (text.equals("-1")) {
      return new One(Edit.EVERY_LAYER);
    }
    List<LayerRange> ranges =
        LayerRange.parse(text)
            .filter(all -> all.stream().noneMatch(range -> range.from() == Edit.EVERY_LAYER))
            .orElseThrow(() -> refused(text));
    LayerRange first = ranges.getFirst();
    return ranges.size() == 1 && first.from() == first.to()
        ? new One(first.from())
        : new Several(ranges);
  }

  /**
   * Returns the selected layers, ascending, each once; none for {@link Auto}.
   *
   * @param count layers of the model
   * @throws EditException for a layer that the model does not have
   */
  default List<Integer> of(int count) {
    List<LayerRange> ranges =
        switch (this) {
          case Auto() -> List.of();
          case One(int layer) when layer == Edit.EVERY_LAYER ->
              List.of(new LayerRange(0, count - 1));
          case One(int layer) -> List.of(new LayerRange(layer, layer));
          case Several(List<LayerRange> several) -> several;
        };
    Set<Integer> layers =
        new TreeSet<>(
            LayerRange.layers(
                ranges,
                count,
                layer ->
                    new EditException(
                        "layer: expected 0 to %d, found %d".formatted(count - 1, layer))));
    return new ArrayList<>(layers);
  }

  private static EditException refused(String text) {
    String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return new EditException(
        "layer: expected auto, -1 (every layer), a number, or several as in 0,3,20-27, found '%s'"
            .formatted(shown.replaceAll("\\p{Cntrl}", "?")));
  }
}
