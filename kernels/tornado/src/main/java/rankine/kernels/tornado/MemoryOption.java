package rankine.kernels.tornado;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.BackendException;

/** Parses {@code RANKINE_DEVICE_MEMORY}: a number of bytes, or of KiB, MiB, GiB with k, m, g. */
final class MemoryOption {
  /** The environment variable. */
  static final String NAME = "RANKINE_DEVICE_MEMORY";

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([kmg]?)b?");

  private MemoryOption() {}

  /** Returns the size in bytes; 0 if it is not set. */
  static long bytes(String value) {
    if (value == null || value.isEmpty()) {
      return 0;
    }
    Matcher size = SIZE.matcher(value.toLowerCase(Locale.ROOT));
    if (!size.matches() || Long.parseLong(size.group(1)) == 0) {
      throw new BackendException(NAME + ": expected a size such as 6g or 500m, found " + value);
    }
    int shift =
        switch (size.group(2)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    return Long.parseLong(size.group(1)) << shift;
  }
}
