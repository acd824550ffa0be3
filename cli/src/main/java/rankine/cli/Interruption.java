package rankine.cli;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rankine.common.io.ShutdownCleanup;

/** One line on stderr when a signal ends a command: what is left, and the command that goes on. */
final class Interruption implements AutoCloseable {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final List<String> STREAMING = List.of("generate", "serve", "doctor", "inspect");

  private final ShutdownCleanup line;

  /**
   * Prints the line for the command line {@code args} if a signal arrives before {@link #close}.
   */
  Interruption(String... args) {
    line = ShutdownCleanup.of(() -> System.err.println(line(args)));
  }

  /** Returns the line for a command line. */
  static String line(String... args) {
    String name = args.length == 0 ? "" : args[0];
    if (STREAMING.contains(name)) {
      return "rankine: interrupted";
    }
    String left =
        switch (name) {
          case "sweep" -> "the cells that are done are kept; this goes on:";
          case "eval", "prune", "report" -> "no file is written; this starts again:";
          default -> "this starts again:";
        };
    return "rankine: interrupted: %s %s".formatted(left, command(args));
  }

  /** Returns the command line for a POSIX shell. */
  private static String command(String... args) {
    return Stream.concat(
            Stream.of(System.getProperty("rankine.launcher", "rankine")), Arrays.stream(args))
        .map(Interruption::quoted)
        .collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** The command has ended by itself. */
  @Override
  public void close() {
    line.close();
  }
}
