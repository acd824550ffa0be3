package rankine.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;
import rankine.engine.run.Versions;

/** {@code rankine COMMAND}. */
@Command(
    name = "rankine",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "A transformer engine for the JVM that studies, and uses, low-rank weights.")
public final class Main {
  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"rankine " + Versions.RANKINE + ", " + Versions.java()};
    }
  }

  private Main() {}

  /** Exits with 0 done, 2 usage, 1 any other failure. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT); // numbers look alike everywhere
    System.exit(run(args));
  }

  /** As {@link #main}, returning the exit code. */
  static int run(String... args) {
    CommandLine commandLine = new CommandLine(new Main());
    Commands.addTo(commandLine, args);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler(Failures::usage);
    commandLine.setExecutionExceptionHandler(Failures::execution);
    commandLine.setExecutionStrategy(Main::execute);
    commandLine.setOut(new PrintWriter(StandardOutput.stdout(), true, StandardCharsets.UTF_8));
    int code = args.length == 0 ? commandLine.execute("--help") : commandLine.execute(args);
    return code == 0 && StandardOutput.failed() ? Failures.output() : code;
  }

  private static int execute(ParseResult parsed) {
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (OutOfMemoryError | StackOverflowError | InternalError e) {
      // picocli would let them through: no command may end in a stack trace that nobody asked for.
      return Failures.error(e, parsed);
    }
  }
}
