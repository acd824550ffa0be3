package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import rankine.engine.icl.TaskSummary;

/** {@code tasks}: the built-in tasks, and what each needs. */
@Command(
    name = "tasks",
    sortOptions = false,
    description = "List the built-in tasks: versions, data files, splits, shots and choices.")
final class TasksCommand implements Callable<Integer> {
  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    if (common.json()) {
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
    if (!task.choices().isEmpty()) {
      out.printf(
          "  choices: %s%n",
          task.choices().stream()
              .map(choice -> "'" + choice + "'")
              .collect(Collectors.joining(", ")));
    }
  }
}
