package rankine.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import rankine.common.RankineException;
import rankine.common.io.Shown;

/** A usage error that picocli's rules do not detect: bad values, options that exclude others. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its one-line message. */
  UsageException(String message) {
    super(message);
  }

  /**
   * Parses the value of an option.
   *
   * @param parser one of the engine's; a fault that it finds is one of usage
   */
  static <T> T parse(String option, String value, Function<String, T> parser) {
    try {
      return parser.apply(value);
    } catch (RankineException e) {
      throw new UsageException(option + " " + Shown.brief(value) + ": " + e.getMessage());
    }
  }

  /** Returns {@code values}, each of which must occur once. */
  static <T> List<T> distinct(String option, List<T> values) {
    Set<T> seen = new HashSet<>();
    for (T value : values) {
      if (!seen.add(value)) {
        throw new UsageException(option + ": expected each once, found " + value + " twice");
      }
    }
    return values;
  }

  /**
   * Returns a request made of options alone.
   *
   * @param made a fault that it finds is one of usage
   */
  static <T> T request(Supplier<T> made) {
    try {
      return made.get();
    } catch (RankineException e) {
      throw new UsageException(e.getMessage());
    }
  }
}
