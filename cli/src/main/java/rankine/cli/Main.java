package rankine.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** {@code rankine COMMAND}. */
@Command(
    name = "rankine",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    versionProvider = VersionLines.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "A transformer engine for the JVM that studies, and uses, low-rank weights.")
public final class Main {
  private Main() {}

  /** Exits with 0 for success, 2 for wrong usage, 1 for any other failure. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // the same number format on every machine
    System.setOut(new WatchedStream(new FileOutputStream(FileDescriptor.out)));
    int code;
    try (Interruption _ = new Interruption(args)) {
      code = run(args);
    }
    System.exit(code);
  }

  /** Runs a command line and returns the exit code of {@link #main}. */
  static int run(String... given) {
    String[] args = asked(given);
    return run(commandLine(args), args);
  }

  /** Runs {@code args}, a command line of {@code command}, which a program has made. */
  static int run(Callable<Integer> command, String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.addSubcommand(command);
    return run(configured(commandLine), args);
  }

  private static int run(CommandLine commandLine, String... args) {
    commandLine.setParameterExceptionHandler(Failures::usage);
    commandLine.setExecutionExceptionHandler(Failures::execution);
    commandLine.setExecutionStrategy(Main::execute);
    commandLine.setOut(new PrintWriter(StandardOutput.stdout(), true, StandardCharsets.UTF_8));
    int code = commandLine.execute(Commands.spelled(commandLine, args));
    return code == 0 && StandardOutput.failed() ? Failures.output() : code;
  }

  /** Returns {@code COMMAND --help} for {@code help COMMAND}, and {@code --help} for nothing. */
  private static String[] asked(String... given) {
    if (given.length == 0) {
      return new String[] {"--help"};
    }
    if (!given[0].equals("help")) {
      return given;
    }
    return given.length == 1 ? new String[] {"--help"} : new String[] {given[1], "--help"};
  }

  /** Returns the parser of a command line, with the commands that {@code args} may call or list. */
  static CommandLine commandLine(String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    Commands.addTo(commandLine, args);
    return configured(commandLine);
  }

  /** Returns the parser of every command line. */
  static CommandLine commandLineOfAll() {
    CommandLine commandLine = new CommandLine(new Main());
    Commands.addAllTo(commandLine);
    return configured(commandLine);
  }

  private static CommandLine configured(CommandLine commandLine) {
    commandLine.getCommandSpec().usageMessage().footer(Glossary.LINES);
    commandLine
        .getSubcommands()
        .forEach(
            (name, c) -> {
              c.getCommandSpec().usageMessage().footer(HelpExamples.footer(name));
              HelpSections.addTo(c);
            });
    commandLine.registerConverter(Path.class, new RangeConverters.FilePath());
    return parsing(commandLine);
  }

  /**
   * Sets how arguments are read. An argument that begins with @ is text, not the name of a file.
   */
  static CommandLine parsing(CommandLine commandLine) {
    return commandLine.setCaseInsensitiveEnumValuesAllowed(true).setExpandAtFiles(false);
  }

  private static int execute(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError | StackOverflowError | InternalError e) {
      // picocli does not catch them; without --verbose no command may end in a stack trace.
      return Failures.error(e, parsed);
    }
  }
}
