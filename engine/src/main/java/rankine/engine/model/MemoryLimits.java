package rankine.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.ModelException;

/**
 * What this process may still allocate, compared with what a run needs before it begins. The needs
 * are lower bounds, so that no run is refused that would have fitted; one that passes may still end
 * in an OutOfMemoryError. Mapped weights do not count: the system drops their pages.
 *
 * @param heap the limit of the Java heap, in bytes
 * @param machine what the machine, or the control group of this process, has left, in bytes; {@link
 *     Long#MAX_VALUE} where the system does not tell
 */
public record MemoryLimits(long heap, long machine) {
  /** No limits. */
  public static final MemoryLimits NONE = new MemoryLimits(Long.MAX_VALUE, Long.MAX_VALUE);

  private static final long KIB = 1L << 10;

  private static final Pattern NUMBER = Pattern.compile("^\\s*(\\d{1,18})(?:\\s|$)");

  /** Returns the limits of this process. */
  public static MemoryLimits current() {
    return new MemoryLimits(Runtime.getRuntime().maxMemory(), machine(Path.of("/")));
  }

  /**
   * Returns what Linux reports: MemAvailable, and for each control group (version 2) that limits
   * this process, the limit less the use that is not reclaimable file cache.
   *
   * @param root the root of the file system
   */
  static long machine(Path root) {
    long least = Long.MAX_VALUE;
    OptionalLong available = field(root.resolve("proc/meminfo"), "MemAvailable:");
    if (available.isPresent()) {
      least = available.getAsLong() * KIB;
    }
    Path groups = root.resolve("sys/fs/cgroup");
    for (Path group = own(root, groups); group.startsWith(groups); group = group.getParent()) {
      OptionalLong limit = field(group.resolve("memory.max"), "");
      OptionalLong used = field(group.resolve("memory.current"), "");
      if (limit.isPresent() && used.isPresent()) {
        long cache = field(group.resolve("memory.stat"), "inactive_file").orElse(0);
        least = Math.min(least, limit.getAsLong() - used.getAsLong() + cache);
      }
    }
    return Math.max(0, least);
  }

  /** Returns the folder of the process's own control group. */
  private static Path own(Path root, Path groups) {
    return lines(root.resolve("proc/self/cgroup")).stream()
        .filter(line -> line.startsWith("0::/"))
        .map(line -> groups.resolve(line.substring("0::/".length())).normalize())
        .filter(group -> group.startsWith(groups))
        .findFirst()
        .orElse(groups);
  }

  /** Returns the first whole number after {@code key} at the start of a line, if there is one. */
  private static OptionalLong field(Path file, String key) {
    return lines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> NUMBER.matcher(line.substring(key.length())))
        .filter(Matcher::find) // memory.max may be "max"
        .mapToLong(number -> Long.parseLong(number.group(1)))
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of(); // a limit that cannot be read is not known
    }
  }

  /**
   * Refuses what the heap cannot hold.
   *
   * @param bytes at least needed at one time
   * @param purpose what for
   * @param less what would need less, or empty
   * @throws ModelException with the bytes needed and found, and the options that help
   */
  public void requireHeap(long bytes, String purpose, String less) {
    if (bytes > heap) {
      String more = "RANKINE_HEAP=%dg or more, or -Xmx in a program".formatted(gibibytes(bytes));
      refuse(bytes, purpose, heap, "a Java heap of", or(less, more));
    }
    requireMachine(bytes, purpose, less);
  }

  /** As {@link #requireHeap}, for memory outside the heap. */
  public void requireMachine(long bytes, String purpose, String less) {
    if (bytes > machine) {
      refuse(bytes, purpose, machine, "an available memory of", or(less, "a larger machine"));
    }
  }

  private static String or(String less, String more) {
    return less.isEmpty() ? more : less + "; or " + more;
  }

  /** Returns the size of a heap that holds {@code bytes} and half as much besides. */
  private static long gibibytes(long bytes) {
    return Math.max(1, Math.ceilDiv(bytes / 2 * 3, 1L << 30));
  }

  private static void refuse(long bytes, String purpose, long found, String limit, String options) {
    throw new ModelException(
        "memory: expected at least %,d MiB for %s, found %s %,d MiB (try %s)"
            .formatted(Math.ceilDiv(bytes, 1L << 20), purpose, limit, found >> 20, options));
  }
}
