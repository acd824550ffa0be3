package rankine.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands. picocli reads every option of a command by reflection, and that of all commands is
 * most of a short run: so it reads the one that is called. The others are names with a description,
 * where they are listed.
 */
final class Commands {
  /** In the order of the help text. */
  private static final List<Class<?>> ALL =
      List.of(
          DemoCommand.class,
          InspectCommand.class,
          TokenizeCommand.class,
          LogitsCommand.class,
          GenerateCommand.class,
          PromptsCommand.class,
          EvalCommand.class,
          SpectrumCommand.class,
          SearchCommand.class,
          SweepCommand.class,
          ReportCommand.class,
          ProfileCommand.class,
          PruneCommand.class,
          DoctorCommand.class);

  private Commands() {}

  /** Adds what {@code args} may call or list. */
  static void addTo(CommandLine main, String... args) {
    List<String> words = List.of(args);
    for (Class<?> type : ALL) {
      Command command = type.getAnnotation(Command.class);
      if (!words.isEmpty() && command.name().equals(words.getFirst())) {
        main.addSubcommand(type);
        return;
      }
    }
    // No command, or one after an option such as --help.
    for (Class<?> type : ALL) {
      Command command = type.getAnnotation(Command.class);
      main.addSubcommand(words.contains(command.name()) ? type : listed(command));
    }
  }

  /** What a list of commands says of one. */
  private static CommandSpec listed(Command command) {
    CommandSpec spec = CommandSpec.create().name(command.name());
    spec.usageMessage().description(command.description());
    return spec;
  }
}
