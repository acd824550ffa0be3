package rankine.engine.icl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import rankine.common.TaskException;
import rankine.common.io.Shown;
import rankine.engine.icl.DataSpec.FieldSource;

/** Maps the cells of one file's rows to a task's fields and classes. */
final class RowMapper {
  private final DataSpec spec;
  private final DataSplit split;
  private final String file;
  private final String fileName;
  private final List<DataRow> rows = new ArrayList<>();

  /**
   * Creates a mapper for one file.
   *
   * @param file the file's name for messages, with its parent folder
   * @param fileName the file's name for rows, without folders
   */
  RowMapper(DataSpec spec, DataSplit split, String file, String fileName) {
    this.spec = spec;
    this.split = split;
    this.file = file;
    this.fileName = fileName;
  }

  /** Returns every column that the task may read. */
  Set<String> sourceColumns() {
    return spec.sourceColumns();
  }

  /** Checks that the columns hold the task's fields and label. */
  void checkColumns(String where, Set<String> columns) {
    spec.fields().forEach((field, sources) -> source(where, field, sources, columns));
    if (!spec.labels().isEmpty()) {
      labelColumn(where, columns);
    }
  }

  /**
   * Adds a row, unless its label is ignored.
   *
   * @param where the file, with the line if known, for messages
   * @param index row number, from 0
   * @param cells from column to value
   */
  void add(String where, int index, Map<String, String> cells) {
    add(where, index, cells, List.of(), 0);
  }

  /** Adds a row with accepted answers and a group. */
  void add(String where, int index, Map<String, String> cells, List<String> answers, int group) {
    int label = -1;
    if (!spec.labels().isEmpty()) {
      String column = labelColumn(where, cells.keySet());
      String found = cells.get(column);
      if (spec.labels().ignored().contains(found)) {
        return;
      }
      Integer classIndex = spec.labels().spellings().get(found);
      if (classIndex == null) {
        throw new TaskException(
            "%s: row %d: column '%s': expected one of %s, found '%s'"
                .formatted(where, index, column, spec.labels().allowed(), Shown.brief(found)));
      }
      label = classIndex;
    }
    Map<String, String> fields = new HashMap<>();
    spec.fields()
        .forEach(
            (field, sources) ->
                source(where, field, sources, cells.keySet())
                    .ifPresent(source -> fields.put(field, value(where, field, source, cells))));
    rows.add(new DataRow(split, fileName, index, Map.copyOf(fields), label, answers, group));
  }

  /** Returns the rows, at least one. */
  List<DataRow> finish() {
    if (rows.isEmpty()) {
      throw new TaskException(file + ": expected rows, found none");
    }
    return List.copyOf(rows);
  }

  private static String value(
      String where, String field, FieldSource source, Map<String, String> cells) {
    return switch (source) {
      case FieldSource.Column column -> cells.get(column.name());
      case FieldSource.Joined joined -> joined.template().render(cells::get);
      case FieldSource.Part part -> part(where, field, part, cells.get(part.column()));
    };
  }

  private static String part(String where, String field, FieldSource.Part part, String text) {
    String marker = part.marker();
    int at = part.last() ? text.lastIndexOf(marker) : text.indexOf(marker);
    if (at < 0) {
      throw new TaskException(
          "%s: %s: expected '%s' in column '%s', found '%s'"
              .formatted(
                  where,
                  field,
                  Shown.brief(marker),
                  Shown.brief(part.column()),
                  Shown.brief(text)));
    }
    return part.after() ? text.substring(at + marker.length()) : text.substring(0, at);
  }

  /** Returns the first source that the columns hold; empty if a row may lack the field. */
  private Optional<FieldSource> source(
      String where, String field, List<FieldSource> sources, Set<String> columns) {
    for (FieldSource source : sources) {
      if (columns.containsAll(DataSpec.columns(source))) {
        return Optional.of(source);
      }
    }
    if (spec.optional().contains(field)) {
      return Optional.empty();
    }
    throw missing(where, field, sources.stream().map(RowMapper::describe).toList(), columns);
  }

  private static String describe(FieldSource source) {
    return String.join(" + ", DataSpec.columns(source));
  }

  private String labelColumn(String where, Set<String> columns) {
    for (String column : spec.label()) {
      if (columns.contains(column)) {
        return column;
      }
    }
    throw missing(where, "label", spec.label(), columns);
  }

  private static TaskException missing(
      String where, String field, List<String> expected, Set<String> columns) {
    return new TaskException(
        "%s: %s: expected column '%s', found columns %s"
            .formatted(
                where,
                field,
                String.join("' or '", expected),
                columns.isEmpty()
                    ? "none"
                    : Shown.brief(String.join(", ", new TreeSet<>(columns)))));
  }
}
