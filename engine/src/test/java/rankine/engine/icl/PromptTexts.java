package rankine.engine.icl;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** What a task makes of the rows of its data. */
final class PromptTexts {
  private final DataFolder data;
  private final PromptBuilder builder;

  /**
   * The texts of one task.
   *
   * @param folders the folder of a task's data, by the task's name
   * @param task as on the command line, with or without a version
   */
  PromptTexts(Function<String, Path> folders, String task) {
    Task loaded = Task.load(task);
    this.data = DataFolder.open(loaded.data(), folders.apply(loaded.name()));
    this.builder = new PromptBuilder(loaded.format());
  }

  DataRow row(DataSplit split, int row) {
    return data.rows(split).get(row);
  }

  String demonstration(int row) {
    return demonstration(row(DataSplit.TRAIN, row));
  }

  String demonstration(DataRow row) {
    return builder.demonstration(row);
  }

  String query(DataSplit split, int row) {
    return builder.query(row(split, row));
  }

  List<String> choices(DataSplit split, int row) {
    return builder.choices(row(split, row));
  }
}
