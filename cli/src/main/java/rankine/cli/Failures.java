package rankine.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.RankineException;
import rankine.common.io.Shown;
import rankine.common.io.ShutdownCleanup;

/** One line on stderr for every failure; the stack trace only with {@code --verbose}. */
final class Failures {
  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  /** The names of an enum's constants; help and pages show them in lower case. */
  private static final Pattern CONSTANTS =
      Pattern.compile("(?<=: expected one of )\\[[A-Z0-9_, ]+]");

  private Failures() {}

  static int usage(ParameterException e, String[] args) {
    List<String> unmatched = e.getCommandLine().getUnmatchedArguments();
    if (unmatched.isEmpty()
        || !(e instanceof MissingParameterException || e instanceof UnmatchedArgumentException)) {
      return usage(e.getMessage(), e.getCommandLine());
    }
    // An option that is missing may only be misspelled.
    String first = unmatched.getFirst();
    List<String> meant =
        new UnmatchedArgumentException(e.getCommandLine(), List.of(first)).getSuggestions();
    return usage(
        (first.startsWith("-") ? "Unknown option: '" : "Unmatched argument: '")
            + first
            + (meant.isEmpty() ? "'" : "'; did you mean " + meant.getFirst() + "?"),
        e.getCommandLine());
  }

  /** Prints a line, unless a signal ends the process: its own line is the one to read. */
  private static void print(String line) {
    if (!ShutdownCleanup.isUnderWay()) {
      System.err.println(line);
    }
  }

  private static int usage(String message, CommandLine command) {
    String line = oneLine(message).replaceFirst("^Error: ", "");
    System.err.println(
        "rankine: "
            + CONSTANTS.matcher(line).replaceFirst(m -> m.group().toLowerCase(Locale.ROOT)));
    System.err.println(
        "Try '" + command.getCommandSpec().qualifiedName() + " --help' for the options.");
    return USAGE;
  }

  static int execution(Exception e, CommandLine commandLine, ParseResult parsed) {
    return switch (e) {
      case UsageException _ -> usage(e.getMessage(), commandLine);
      case StandardOutput.Unwritable _ -> 0; // the caller reports it
      default -> error(e, parsed);
    };
  }

  /**
   * Reports output that was not written completely. A reader that closes the pipe, such as {@code
   * head}, has what it wants: that is no failure.
   */
  static int output() {
    Optional<IOException> cause = StandardOutput.failure();
    if (cause.isPresent() && StandardOutput.isClosedPipe(cause.get())) {
      return 0;
    }
    print(
        "rankine: standard output: cannot be written"
            + cause.map(e -> ": " + Shown.reason(e)).orElse(""));
    return FAILURE;
  }

  static int error(Throwable e, ParseResult parsed) {
    print("rankine: " + describe(reason(e)));
    if (wantsTrace(parsed)) {
      e.printStackTrace();
    }
    return FAILURE;
  }

  private static boolean wantsTrace(ParseResult parsed) {
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.hasMatchedOption("--verbose");
  }

  /**
   * Returns the failure to report. A checkpoint that was found changed as it was closed is the
   * reason of whatever failed before that, such as a read of mapped memory.
   */
  static Throwable reason(Throwable e) {
    for (Throwable suppressed : e.getSuppressed()) {
      if (suppressed instanceof CheckpointException changed
          && changed.fault() == Fault.FILE_CHANGED) {
        return changed;
      }
    }
    return e;
  }

  /** Returns the one-line message of a failure. */
  static String describe(Throwable e) {
    return switch (e) {
      case RankineException _ -> oneLine(e.getMessage());
      case OutOfMemoryError _ ->
          "memory: expected a heap that holds what this command needs, found a limit of"
              + " %,d MiB (RANKINE_HEAP=8g sets it; inspect says what a model needs)"
                  .formatted(Runtime.getRuntime().maxMemory() >> 20);
      case UncheckedIOException io -> describe(io.getCause());
      case IOException io -> oneLine(io.getClass().getSimpleName() + ": " + io.getMessage());
      default -> oneLine("internal error (--verbose shows where): " + e);
    };
  }

  private static String oneLine(String message) {
    return Shown.line(String.valueOf(message));
  }
}
