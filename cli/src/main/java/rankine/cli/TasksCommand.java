package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import rankine.common.RunException;
import rankine.common.io.AtomicFile;
import rankine.engine.icl.TaskSummary;

/** {@code tasks}: the built-in tasks, and what each needs. */
@Command(
    name = "tasks",
    sortOptions = false,
    description = {
      "List the built-in tasks: versions, data files, splits, shots and choices.",
      "--new starts a task of your own; docs/tasks.md explains the keys."
    })
final class TasksCommand implements Callable<Integer> {
  @Option(
      names = "--new",
      paramLabel = "FILE",
      description = "Write a task file to start from, with comments, instead of the list.")
  Path starter;

  @Mixin OutputOptions output;

  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    if (starter != null) {
      write(starter);
    } else if (common.json()) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      ArrayNode list = json.putArray("tasks");
      TaskSummary.builtIn().forEach(task -> list.add(task.toJson()));
      StandardOutput.document(json);
    } else {
      PrintStream out = StandardOutput.stdout();
      TaskSummary.builtIn().forEach(task -> print(out, task));
    }
    return 0;
  }

  private void write(Path file) {
    output.check(file, List.of());
    try (InputStream in = TasksCommand.class.getResourceAsStream("task.json")) {
      byte[] bytes = in.readAllBytes();
      AtomicFile.write(output.file(file), temporary -> Files.write(temporary, bytes));
    } catch (IOException e) {
      throw new RunException(AtomicFile.problem(file, e), e);
    }
    if (common.json()) {
      StandardOutput.document(JsonNodeFactory.instance.objectNode().put("file", file.toString()));
    } else {
      StandardOutput.stdout().printf("%s: the comment in it says how to go on%n", file);
    }
  }

  private static void print(PrintStream out, TaskSummary task) {
    out.printf("%s:%s  %s%n", task.name(), task.version(), task.description());
    out.printf(
        "  files: %s%s%n",
        task.files().entrySet().stream()
            .map(split -> split.getKey() + " " + String.join(" or ", split.getValue()))
            .collect(Collectors.joining("; ")),
        task.oneFileInThirds() ? "; one of them is enough" : "");
    out.printf("  validation: %s; test: %s%n", task.validation(), task.test());
    out.printf(
        "  shots: %d %s; prompts show %d; scoring: %s%n",
        task.shots(), task.shotsPerClass() ? "per class" : "in all", task.shown(), task.scoring());
    if (!task.given().isEmpty()) {
      out.printf("  given before the choices, not scored: %s%n", quoted(task.given()));
    }
    if (!task.choices().isEmpty()) {
      out.printf("  choices: %s%n", quoted(task.choices()));
    }
  }

  private static String quoted(List<String> texts) {
    return texts.stream().map(text -> "'" + text + "'").collect(Collectors.joining(", "));
  }
}
