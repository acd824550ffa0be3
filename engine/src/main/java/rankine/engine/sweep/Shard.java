package rankine.engine.sweep;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import rankine.common.RunException;

/**
 * One of several processes that fill one run folder: it takes every {@code count}-th search key.
 *
 * @param index from 0, below {@code count}
 * @param count number of shards
 */
public record Shard(int index, int count) {
  /** The whole grid in one process. */
  public static final Shard WHOLE = new Shard(0, 1);

  private static final Pattern PATTERN = Pattern.compile("([0-9]{1,6})/([0-9]{1,6})");

  /** Checks the range. */
  public Shard {
    if (index < 0 || index >= count) {
      throw new RunException(
          "shard: expected I/N with I from 0 to N - 1, found %d/%d".formatted(index, count));
    }
  }

  /**
   * Parses {@code 0/3}.
   *
   * @throws RunException for any other text
   */
  public static Shard parse(String text) {
    Matcher match = PATTERN.matcher(text);
    if (!match.matches()) {
      throw new RunException("shard: expected I/N such as 0/3, found '" + text + "'");
    }
    return new Shard(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
  }

  /** The elements of {@code all} that belong to this shard. */
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
