package rankine.engine.icl;

import java.util.List;
import java.util.Map;

/**
 * Where a task's rows are and what in them matters.
 *
 * @param files for each role the names that its file may have, in order of preference
 * @param columns the columns of a CSV without a header; empty where files have one
 * @param fields for each field of the task where its value may come from, in order of preference: a
 *     column, or columns put together
 * @param label the columns that may hold the label, in order of preference; empty without classes
 * @param labels the classes
 * @param oneFileInThirds whether a folder with a single file is divided by groups into
 *     demonstrations, validation and test
 */
record DataSpec(
    Map<DataSplit, List<String>> files,
    List<String> columns,
    Map<String, List<FieldSource>> fields,
    List<String> label,
    LabelSet labels,
    boolean oneFileInThirds) {

  /** Where a field's value comes from. */
  sealed interface FieldSource {

    /** One column, as it stands. */
    record Column(String name) implements FieldSource {}

    /** Several columns, put together by a template. */
    record Joined(PromptTemplate template) implements FieldSource {}
  }
}
