package rankine.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The list of commands. picocli reads the options of a command by reflection, which for all
 * commands takes most of a short run. So only the called command is registered whole; in the list
 * of {@code --help} the others are a name and a description.
 */
final class Commands {
  /** In the order of {@code --help}. */
  private static final List<Class<?>> ALL =
      List.of(
          DemoCommand.class,
          InspectCommand.class,
          TokenizeCommand.class,
          LogitsCommand.class,
          GenerateCommand.class,
          ServeCommand.class,
          PromptsCommand.class,
          EvalCommand.class,
          PerplexityCommand.class,
          SpectrumCommand.class,
          SearchCommand.class,
          SweepCommand.class,
          ReportCommand.class,
          ProfileCommand.class,
          PruneCommand.class,
          ArchitecturesCommand.class,
          TasksCommand.class,
          CacheCommand.class,
          DoctorCommand.class);

  private Commands() {}

  /** Registers the commands that {@code args} may call or list. */
  static void addTo(CommandLine main, String... args) {
    List<String> words = List.of(args);
    for (Class<?> type : ALL) {
      Command command = type.getAnnotation(Command.class);
      if (!words.isEmpty() && command.name().equals(words.getFirst())) {
        main.addSubcommand(type);
        return;
      }
    }
    // No command, or an option such as --help before it.
    for (Class<?> type : ALL) {
      Command command = type.getAnnotation(Command.class);
      main.addSubcommand(words.contains(command.name()) ? type : listed(command));
    }
  }

  /** The entry of a command in the list: name and description, no options. */
  private static CommandSpec listed(Command command) {
    CommandSpec spec = CommandSpec.create().name(command.name());
    spec.usageMessage().description(command.description());
    return spec;
  }
}
