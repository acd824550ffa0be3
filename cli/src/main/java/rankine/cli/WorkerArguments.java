package rankine.cli;

import java.io.Serializable;
import java.nio.file.Files;
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
 * @param marked one per option, as {@code --name=value}, with a NUL before each absolute path
 * @param files those that the options name, absolute, without outputs and without files in folders
 */
public record WorkerArguments(List<String> marked, List<Path> files) implements Serializable {
  /** No argument of a process has this character. */
  private static final String MARK = "\0";

  private static final Set<String> OUTPUTS = Set.of("--run", "--predictions", "--output");

  /** Copies the lists. */
  public WorkerArguments {
    marked = List.copyOf(marked);
    files = List.copyOf(files);
  }

  /** Returns one argument per option, as {@code --name=value}. */
  public List<String> arguments() {
    return replaced("");
  }

  /** Returns the value of an option that is given once. */
  public Optional<String> value(String option) {
    String start = option + "=";
    return arguments().stream()
        .filter(argument -> argument.startsWith(start))
        .findFirst()
        .map(argument -> argument.substring(start.length()));
  }

  /** Returns the same with every absolute path below {@code root}. */
  public WorkerArguments under(Path root) {
    return new WorkerArguments(replaced(root.toString()), List.of());
  }

  private List<String> replaced(String mark) {
    return marked.stream().map(argument -> argument.replace(MARK, mark)).toList();
  }

  /**
   * Returns the options of a command that were given.
   *
   * @param without names of options to leave out
   */
  static WorkerArguments of(ParseResult command, Set<String> without) {
    return of(command, without, Set.of());
  }

  /**
   * As {@link #of(ParseResult, Set)}.
   *
   * @param unread names of options whose files the other processes do not read
   */
  static WorkerArguments of(ParseResult command, Set<String> without, Set<String> unread) {
    Set<String> tasks =
        values(command, "--tasks").stream()
            .flatMap(value -> Stream.of(value.split(",", -1)))
            .map(spec -> Task.load(spec).name())
            .collect(Collectors.toSet());
    List<String> marked = new ArrayList<>();
    Set<Path> files = new LinkedHashSet<>();
    // An option is listed as often as it was given.
    for (OptionSpec option : new LinkedHashSet<>(command.matchedOptions())) {
      String name = option.longestName();
      if (without.contains(name)) {
        continue;
      }
      if (option.arity().max() == 0) {
        marked.add(name);
        continue;
      }
      for (String given : option.originalStringValues()) {
        String value = absolute(option, given, tasks);
        marked.add(name + "=" + value);
        if (!OUTPUTS.contains(name) && !unread.contains(name)) {
          files.addAll(files(value));
        }
      }
    }
    return new WorkerArguments(marked, List.copyOf(files));
  }

  /** Returns the same with {@code argument} unless the option is there already. */
  public WorkerArguments withDefault(String option, String value) {
    return marked.stream().anyMatch(each -> each.startsWith(option + "="))
        ? this
        : with(option + "=" + value);
  }

  /** Returns the same and {@code argument}. */
  WorkerArguments with(String argument) {
    return new WorkerArguments(
        Stream.concat(marked.stream(), Stream.of(argument)).distinct().toList(), files);
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
      case "--run", "--predictions" -> Location.isUri(value) ? value : absolute(value);
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
    return MARK + Path.of(path).toAbsolutePath().normalize();
  }

  /** The files of a value: a path, or specifications of tasks of which some are one. */
  private static List<Path> files(String value) {
    return Stream.of(value.split(",", -1))
        .filter(part -> part.startsWith(MARK))
        .map(part -> part.substring(1))
        .flatMap(part -> Stream.of(Path.of(part), Task.file(part).orElse(Path.of(part))))
        .filter(Files::isRegularFile)
        .distinct()
        .toList();
  }
}
