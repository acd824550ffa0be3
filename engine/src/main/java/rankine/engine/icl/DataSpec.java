package rankine.engine.icl;

import java.util.List;
import java.util.Map;

/**
 * A task's data files and the columns that it uses.
 *
 * @param files for each split the names that its file may have, in order of preference
 * @param columns the columns of a CSV without a header; empty if files have a header
 * @param fields for each field of the task its sources, in order of preference: a column, or
 *     several columns joined
 * @param label the columns that may hold the label, in order of preference; empty in a generative
 *     task
 * @param labels the classes
 * @param oneFileInThirds whether a folder with a single file is split by groups into
 *     demonstrations, validation and test ({@link SingleFileSplit})
 */
record DataSpec(
    Map<DataSplit, List<String>> files,
    List<String> columns,
    Map<String, List<FieldSource>> fields,
    List<String> label,
    LabelSet labels,
    boolean oneFileInThirds) {

  /** The source of a field's value. */
  sealed interface FieldSource {

    /** One column, unchanged. */
    record Column(String name) implements FieldSource {}

    /** Several columns, joined by a template. */
    record Joined(PromptTemplate template) implements FieldSource {}
  }
}
