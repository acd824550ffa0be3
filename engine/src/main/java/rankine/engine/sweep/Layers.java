package rankine.engine.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import rankine.common.RunException;

/**
 * Which layers a grid has, before the model is known.
 *
 * @param ranges in the order given; empty for {@code all}: each layer on its own
 */
public record Layers(List<Range> ranges) {
  private static final Pattern RANGE = Pattern.compile("(-1|[0-9]{1,6})(?:-([0-9]{1,6}))?");

  /** Layers {@code from} to {@code to}, both included; -1 to -1 prunes every layer at once. */
  public record Range(int from, int to) {}

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
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher form = RANGE.matcher(part);
      if (!form.matches()) {
        throw refused(text);
      }
      int from = Integer.parseInt(form.group(1));
      int to = form.group(2) == null ? from : Integer.parseInt(form.group(2));
      if (to < from || (from < 0 && to > from)) {
        throw refused(text);
      }
      ranges.add(new Range(from, to));
    }
    return new Layers(ranges);
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
    List<Integer> layers = new ArrayList<>();
    for (Range range : ranges.isEmpty() ? List.of(new Range(0, count - 1)) : ranges) {
      if (range.to >= count) {
        throw new RunException(
            "layers: expected -1 to %d, found %d".formatted(count - 1, range.to));
      }
      IntStream.rangeClosed(range.from, range.to).forEach(layers::add);
    }
    return layers;
  }
}
