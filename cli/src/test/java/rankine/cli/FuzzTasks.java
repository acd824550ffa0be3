package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import rankine.common.TaskException;
import rankine.engine.icl.EvaluationOptions;
import rankine.engine.icl.EvaluationSplit;
import rankine.engine.icl.PromptListing;
import rankine.engine.icl.Task;
import rankine.testdata.TestData;

/** Inputs that are task files or data files. */
final class FuzzTasks {
  private static final EvaluationOptions FEW = EvaluationOptions.DEFAULT.withShots(1).withLimit(2);

  private FuzzTasks() {}

  /** The input is a task file. */
  static FuzzTarget.Input task(Path folder) {
    Path file = folder.resolve("task.json");
    List<String> known = Task.BUILT_IN.stream().filter(name -> !name.startsWith("demo-")).toList();
    return bytes -> {
      Files.write(file, bytes);
      TaskException refused = null;
      for (String version : List.of("corrected", "paper")) {
        try {
          Task task = Task.load(file + ":" + version);
          if (known.contains(task.name())) {
            PromptListing.stream(task, TestData.task(task.name()), FEW, json -> {});
          }
        } catch (TaskException e) {
          refused = e;
        }
      }
      if (refused != null) {
        throw refused;
      }
    };
  }

  /** The input is each data file of a built-in task. */
  static FuzzTarget.Input data(Path folder, String name) throws IOException {
    Task task = Task.load(name);
    List<Path> files =
        task.dataFiles(TestData.task(name)).stream()
            .map(file -> folder.resolve(file.getFileName()))
            .toList();
    return bytes -> {
      for (Path file : files) {
        Files.write(file, bytes);
      }
      PromptListing.stream(task, folder, FEW, json -> {});
      PromptListing.stream(task, folder, FEW.withPart(EvaluationSplit.VALIDATION), json -> {});
    };
  }
}
