package rankine.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import rankine.common.RankineException;
import rankine.engine.edit.Edit;
import rankine.engine.edit.ModuleSelection;
import rankine.engine.lowrank.PruningRate;
import rankine.engine.sweep.Shard;

/** Inputs that are command lines. */
final class FuzzArguments {
  /** The parsers of values that picocli passes on as text. */
  private static final List<Consumer<String>> VALUES =
      List.of(Edit::parse, ModuleSelection::of, PruningRate::parse, Shard::parse);

  private static final Set<String> NAMES = Main.commandLine().getSubcommands().keySet();

  private static final int MAX_KEPT = 64;

  /** By the commands that a line names: building one takes a hundred times as long as parsing. */
  private static final Map<Set<String>, CommandLine> KEPT = new HashMap<>();

  private FuzzArguments() {}

  /** Parses a command line, then each argument as each kind of value. */
  static void parse(byte[] input) {
    String[] arguments = FuzzTarget.text(input).split("\n", -1);
    try {
      command(arguments).parseArgs(arguments);
    } catch (ParameterException e) {
      if (e.getMessage() == null) {
        throw new IllegalStateException("a usage error without a message", e);
      }
    }
    RankineException refused = null;
    for (String argument : arguments) {
      for (Consumer<String> parser : VALUES) {
        try {
          parser.accept(argument);
        } catch (RankineException e) {
          refused = e;
        }
      }
    }
    if (refused != null) {
      throw refused;
    }
  }

  private static CommandLine command(String... arguments) {
    Set<String> named = new TreeSet<>(List.of(arguments));
    named.retainAll(NAMES);
    if (NAMES.contains(arguments[0])) {
      named.retainAll(Set.of(arguments[0]));
    }
    if (KEPT.size() == MAX_KEPT) {
      KEPT.clear();
    }
    return KEPT.computeIfAbsent(
        named,
        _ ->
            // The input must not name files of the machine.
            Main.commandLine(arguments).setExpandAtFiles(false));
  }
}
