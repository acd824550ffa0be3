package rankine.engine.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.EditException;
import rankine.engine.edit.Edit;

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
  record Several(List<Range> ranges) implements LayerSelection {
    /** Copies the list. */
    public Several {
      ranges = List.copyOf(ranges);
    }
  }

  /** Layers {@code from} to {@code to}, both included. */
  record Range(int from, int to) {
    private static final Pattern PATTERN = Pattern.compile("([0-9]{1,9})(?:-([0-9]{1,9}))?");

    private static Range parse(String text, String selection) {
      Matcher match = PATTERN.matcher(text);
      if (!match.matches()) {
        throw refused(selection);
      }
      int from = Integer.parseInt(match.group(1));
      int to = match.group(2) == null ? from : Integer.parseInt(match.group(2));
      if (to < from) {
        throw refused(selection);
      }
      return new Range(from, to);
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
    List<Range> ranges =
        Arrays.stream(text.split(",", -1)).map(part -> Range.parse(part, text)).toList();
    Range first = ranges.getFirst();
    return ranges.size() == 1 && first.from == first.to ? new One(first.from) : new Several(ranges);
  }

  /**
   * Returns the selected layers, ascending, each once; none for {@link Auto}.
   *
   * @param count layers of the model
   * @throws EditException for a layer that the model does not have
   */
  default List<Integer> of(int count) {
    List<Range> ranges =
        switch (this) {
          case Auto() -> List.of();
          case One(int layer) ->
              List.of(
                  layer == Edit.EVERY_LAYER ? new Range(0, count - 1) : new Range(layer, layer));
          case Several(List<Range> several) -> several;
        };
    TreeSet<Integer> layers = new TreeSet<>();
    for (Range range : ranges) {
      if (range.to >= count) {
        throw new EditException("layer: expected 0 to %d, found %d".formatted(count - 1, range.to));
      }
      for (int layer = range.from; layer <= range.to; layer++) {
        layers.add(layer);
      }
    }
    return new ArrayList<>(layers);
  }

  private static EditException refused(String text) {
    String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return new EditException(
        "layer: expected auto, -1 (every layer), a number, or several as in 0,3,20-27, found '%s'"
            .formatted(shown.replaceAll("\\p{Cntrl}", "?")));
  }
}
