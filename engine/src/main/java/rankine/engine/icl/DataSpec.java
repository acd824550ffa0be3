package rankine.engine.icl;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A task's data files and the columns that it uses. In JSON Lines, {@code choices.text.0} is the
 * column of a value within objects and lists, unless the row has a key of that name.
 *
 * @param files for each split the names that its file may have, in order of preference
 * @param columns the columns of a CSV without a header; empty if files have a header
 * @param fields for each field of the task its sources, in order of preference: a column, part of
 *     one, or several columns joined
 * @param optional fields that a row may lack
 * @param label the columns that may hold the label, in order of preference; empty in a generative
 *     task
 * @param labels the classes
 * @param oneFileInThirds whether a folder with a single file is split by groups into
 *     demonstrations, validation and test ({@link SplitPlan#inThirds})
 */
record DataSpec(
    Map<DataSplit, List<String>> files,
    List<String> columns,
    Map<String, List<FieldSource>> fields,
    Set<String> optional,
    List<String> label,
    LabelSet labels,
    boolean oneFileInThirds) {

  /** The source of a field's value. */
  sealed interface FieldSource {

    /** One column, unchanged. */
    record Column(String name) implements FieldSource {}

    /** Several columns, joined by a template. */
    record Joined(PromptTemplate template) implements FieldSource {}

    /**
     * The part of a column before or after a marker, which every row has.
     *
     * @param last whether the marker's last occurrence counts, not its first
     * @param after whether the part is after it, not before
     */
    record Part(String column, String marker, boolean last, boolean after) implements FieldSource {}
  }

  /** Returns every column that the task may read. */
  Set<String> sourceColumns() {
    Set<String> columns = new HashSet<>(label);
    for (List<FieldSource> sources : fields.values()) {
      for (FieldSource source : sources) {
        columns.addAll(columns(source));
      }
    }
    return columns;
  }

  /** Returns the columns that a source needs. */
  static Set<String> columns(FieldSource source) {
    return switch (source) {
      case FieldSource.Column column -> Set.of(column.name());
      case FieldSource.Joined joined -> joined.template().fields();
      case FieldSource.Part part -> Set.of(part.column());
    };
  }
}
