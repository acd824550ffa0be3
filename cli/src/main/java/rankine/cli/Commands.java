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
          DoctorCommand.class,
          CompletionCommand.class,
          ManCommand.class);

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

  /** Registers all commands whole. */
  static void addAllTo(CommandLine main) {
    ALL.forEach(main::addSubcommand);
  }

  /**
   * Returns {@code args} with each option of the called command in the number that it has: {@code
   * --tasks} for {@code --task} and the other way round. Nothing after {@code --} changes.
   */
  static String[] spelled(CommandLine main, String... args) {
    CommandLine called = args.length == 0 ? null : main.getSubcommands().get(args[0]);
    if (called == null) {
      return args;
    }
    String[] spelled = args.clone();
    for (int i = 1; i < args.length && !args[i].equals("--"); i++) {
      if (args[i].startsWith("--")) {
        int end = args[i].indexOf('=') < 0 ? args[i].length() : args[i].indexOf('=');
        spelled[i] =
            spelled(called.getCommandSpec(), args[i].substring(0, end)) + args[i].substring(end);
      }
    }
    return spelled;
  }

  private static String spelled(CommandSpec command, String name) {
    String other = name.endsWith("s") ? name.substring(0, name.length() - 1) : name + "s";
    return command.findOption(name) == null && command.findOption(other) != null ? other : name;
  }

  /** The entry of a command in the list: name and description, no options. */
  private static CommandSpec listed(Command command) {
    CommandSpec spec = CommandSpec.create().name(command.name());
    spec.usageMessage().description(command.description());
    return spec;
  }
}
