package rankine.engine.icl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import rankine.common.Shown;
import rankine.common.TaskException;
import rankine.engine.icl.DataSpec.FieldSource;

/** Turns the cells of one file's rows into a task's fields and class. */
final class RowMapper {
  private final DataSpec spec;
  private final DataSplit split;
  private final String file;
  private final String shortName;
  private final List<DataRow> rows = new ArrayList<>();

  /**
   * For one file.
   *
   * @param file names the file in messages
   * @param shortName names it in rows
   */
  RowMapper(DataSpec spec, DataSplit split, String file, String shortName) {
    this.spec = spec;
    this.split = split;
    this.file = file;
    this.shortName = shortName;
  }

  /** The rows so far. */
  List<DataRow> rows() {
    return rows;
  }

  /** Refuses a file whose columns do not hold the task's fields. */
  void checkColumns(String where, Set<String> columns) {
    spec.fields().forEach((field, sources) -> source(where, field, sources, columns));
    if (!spec.labels().isEmpty()) {
      labelColumn(where, columns);
    }
  }

  /**
   * Adds a row, unless its label is one to leave out.
   *
   * @param where the file, with the line where that is known
   * @param index the row's number, from 0
   * @param cells from column to value
   */
  void add(String where, int index, Map<String, String> cells) {
    add(where, index, cells, List.of(), 0);
  }

  /** As the other, with accepted answers and a group. */
  void add(String where, int index, Map<String, String> cells, List<String> answers, int group) {
    int label = -1;
    if (!spec.labels().isEmpty()) {
      String column = labelColumn(where, cells.keySet());
      String found = cells.get(column);
      if (spec.labels().ignored().contains(found)) {
        return;
      }
      Integer known = spec.labels().spellings().get(found);
      if (known == null) {
        throw new TaskException(
            "%s: row %d: column '%s': expected one of %s, found '%s'"
                .formatted(where, index, column, spec.labels().allowed(), Shown.brief(found)));
      }
      label = known;
    }
    Map<String, String> fields = new HashMap<>();
    spec.fields()
        .forEach((field, sources) -> fields.put(field, value(where, field, sources, cells)));
    rows.add(new DataRow(split, shortName, index, Map.copyOf(fields), label, answers, group));
  }

  /** The rows, of which there must be some. */
  List<DataRow> finish() {
    if (rows.isEmpty()) {
      throw new TaskException(file + ": expected rows, found none");
    }
    return List.copyOf(rows);
  }

  private String value(
      String where, String field, List<FieldSource> sources, Map<String, String> cells) {
    return switch (source(where, field, sources, cells.keySet())) {
      case FieldSource.Column column -> cells.get(column.name());
      case FieldSource.Joined joined -> joined.template().render(cells::get);
    };
  }

  private static FieldSource source(
      String where, String field, List<FieldSource> sources, Set<String> columns) {
    for (FieldSource source : sources) {
      boolean there =
          switch (source) {
            case FieldSource.Column column -> columns.contains(column.name());
            case FieldSource.Joined joined -> columns.containsAll(joined.template().fields());
          };
      if (there) {
        return source;
      }
    }
    throw missing(where, field, sources.stream().map(RowMapper::words).toList(), columns);
  }

  private static String words(FieldSource source) {
    return switch (source) {
      case FieldSource.Column column -> column.name();
      case FieldSource.Joined joined -> String.join(" + ", joined.template().fields());
    };
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
