package rankine.engine.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import rankine.common.RankineException;

/** Layers {@code from} to {@code to}, inclusive; -1 to -1 edits every layer at once. */
public record LayerRange(int from, int to) {
  private static final Pattern FORM = Pattern.compile("(-1|[0-9]{1,9})(?:-([0-9]{1,9}))?");

  /** Parses {@code 5}, {@code -1}, {@code 0,3} or {@code 0,20-27}; empty for any other form. */
  public static Optional<List<LayerRange>> parse(String text) {
    List<LayerRange> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher form = FORM.matcher(part);
      if (!form.matches()) {
        return Optional.empty();
      }
      int from = Integer.parseInt(form.group(1));
      int to = form.group(2) == null ? from : Integer.parseInt(form.group(2));
      if (to < from || (from == Edit.EVERY_LAYER && to > from)) {
        return Optional.empty();
      }
      ranges.add(new LayerRange(from, to));
    }
    return Optional.of(ranges);
  }

  /**
   * Returns the layers of {@code ranges}, in order.
   *
   * @param count number of layers of the model
   * @param beyond creates the exception for a layer that the model does not have
   */
  public static List<Integer> layers(
      List<LayerRange> ranges, int count, IntFunction<RankineException> beyond) {
    List<Integer> layers = new ArrayList<>();
    for (LayerRange range : ranges) {
      if (range.to >= count) {
        throw beyond.apply(range.to);
      }
      IntStream.rangeClosed(range.from, range.to).forEach(layers::add);
    }
    return layers;
  }

  /** Returns the form that {@link #parse} reads. */
  @Override
  public String toString() {
    return from == to ? Integer.toString(from) : from + "-" + to;
  }
}
