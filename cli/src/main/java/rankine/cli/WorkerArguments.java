package rankine.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import rankine.engine.icl.Task;

/**
 * A command line as it was given, but with absolute paths: another process, started in another
 * folder, runs the same.
 *
 * @param arguments one per option, as {@code --name=value}
 */
public record WorkerArguments(List<String> arguments) {
  /** Copies the list. */
  public WorkerArguments {
    arguments = List.copyOf(arguments);
  }

  /**
   * Returns the options of a command that were given.
   *
   * @param without names of options to leave out
   */
  static WorkerArguments of(ParseResult command, Set<String> without) {
    Set<String> tasks =
        values(command, "--tasks").stream()
            .flatMap(value -> Stream.of(value.split(",", -1)))
            .map(spec -> Task.load(spec).name())
            .collect(Collectors.toSet());
    List<String> arguments = new ArrayList<>();
    // An option is listed as often as it was given.
    for (OptionSpec option : new LinkedHashSet<>(command.matchedOptions())) {
      String name = option.longestName();
      if (without.contains(name)) {
        continue;
      }
      if (option.arity().max() == 0) {
        arguments.add(name);
      } else {
        option.originalStringValues().stream()
            .map(value -> name + "=" + absolute(option, value, tasks))
            .forEach(arguments::add);
      }
    }
    return new WorkerArguments(arguments);
  }

  /** Returns the same with {@code argument} unless the option is there already. */
  public WorkerArguments withDefault(String option, String value) {
    return arguments.stream().anyMatch(each -> each.startsWith(option + "="))
        ? this
        : with(option + "=" + value);
  }

  /** Returns the same and {@code argument}. */
  WorkerArguments with(String argument) {
    return new WorkerArguments(
        Stream.concat(arguments.stream(), Stream.of(argument)).distinct().toList());
  }

  private static List<String> values(ParseResult command, String name) {
    return command.hasMatchedOption(name)
        ? command.matchedOption(name).originalStringValues()
        : List.of();
  }

  private static String absolute(OptionSpec option, String value, Set<String> tasks) {
    return switch (option.longestName()) {
      case "--tasks", "--task" ->
          Stream.of(value.split(",", -1))
              .map(WorkerArguments::absoluteTask)
              .collect(Collectors.joining(","));
      case "--data" -> absoluteData(value, tasks);
      case "--run", "--predictions" -> EngineOptions.isUri(value) ? value : absolute(value);
      default -> option.type() == Path.class ? absolute(value) : value;
    };
  }

  private static String absoluteTask(String spec) {
    Optional<Path> file = Task.file(spec);
    return file.isEmpty()
        ? spec
        : absolute(file.get().toString()) + spec.substring(file.get().toString().length());
  }

  /** As {@link rankine.engine.sweep.TaskData#of} reads it. */
  private static String absoluteData(String value, Set<String> tasks) {
    int equals = value.indexOf('=');
    String task = equals < 0 ? "" : value.substring(0, equals);
    return tasks.contains(task)
        ? task + "=" + absolute(value.substring(equals + 1))
        : absolute(value);
  }

  private static String absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize().toString();
  }
}
