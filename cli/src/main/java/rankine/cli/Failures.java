package rankine.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.RankineException;

/** One line on stderr for every failure; the stack trace only with {@code --verbose}. */
final class Failures {
  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  private Failures() {}

  static int usage(ParameterException e, String[] args) {
    return usage(e, e.getCommandLine());
  }

  private static int usage(Exception e, CommandLine command) {
    System.err.println("rankine: " + oneLine(e.getMessage()).replaceFirst("^Error: ", ""));
    System.err.println(
        "Try '" + command.getCommandSpec().qualifiedName() + " --help' for the options.");
    return USAGE;
  }

  static int execution(Exception e, CommandLine commandLine, ParseResult parsed) {
    return e instanceof UsageException ? usage(e, commandLine) : error(e, parsed);
  }

  /** Reports output that was not written completely: the disk is full or the pipe is closed. */
  static int output() {
    System.err.println("rankine: standard output: cannot be written");
    return FAILURE;
  }

  static int error(Throwable e, ParseResult parsed) {
    System.err.println("rankine: " + describe(reason(e)));
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
          "memory: expected a heap that holds the key/value cache and activations, found a limit of"
              + " %,d MiB (RANKINE_HEAP=8g sets it; inspect says what a model needs)"
                  .formatted(Runtime.getRuntime().maxMemory() >> 20);
      case UncheckedIOException io -> describe(io.getCause());
      case IOException io -> oneLine(io.getClass().getSimpleName() + ": " + io.getMessage());
      default -> oneLine("internal error (--verbose shows where): " + e);
    };
  }

  private static String oneLine(String message) {
    return String.valueOf(message).replaceAll("\\R+", " ").strip();
  }
}
