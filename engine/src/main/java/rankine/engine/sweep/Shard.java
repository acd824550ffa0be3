package rankine.engine.sweep;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import rankine.common.RunException;

/**
 * One of several processes that fill one run folder: it takes every {@code count}-th group.
 *
 * @param index from 0, below {@code count}
 * @param count how many there are
 */
public record Shard(int index, int count) {
  /** The whole grid. */
  public static final Shard WHOLE = new Shard(0, 1);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");

  /** Checks the range. */
  public Shard {
    if (index < 0 || index >= count) {
      throw new RunException(
          "shard: expected I/N with I from 0 to N - 1, found %d/%d".formatted(index, count));
    }
  }

  /**
   * Reads {@code 0/3}.
   *
   * @throws RunException for any other form
   */
  public static Shard parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new RunException("shard: expected I/N such as 0/3, found '" + text + "'");
    }
    return new Shard(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
  }

  /** Its part of {@code all}. */
  <T> List<T> of(List<T> all) {
    return IntStream.range(0, all.size())
        .filter(i -> i % count == index)
        .mapToObj(all::get)
        .toList();
  }

  @Override
  public String toString() {
    return index + "/" + count;
  }
}
