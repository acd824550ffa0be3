package rankine.cli;

import java.util.ArrayList;
import java.util.List;
import rankine.common.io.ShellCommand;
import rankine.common.io.ShutdownCleanup;

/** One line on stderr when a signal ends a command: what is left, and the command that goes on. */
final class Interruption implements AutoCloseable {
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

  private static String command(String... args) {
    List<String> words = new ArrayList<>();
    words.add(System.getProperty("rankine.launcher", "rankine"));
    words.addAll(List.of(args));
    return ShellCommand.of(words);
  }

  /** The command has ended by itself. */
  @Override
  public void close() {
    line.close();
  }
}
