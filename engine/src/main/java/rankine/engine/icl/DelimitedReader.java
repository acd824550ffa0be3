package rankine.engine.icl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import rankine.common.TaskException;
import rankine.common.io.Shown;

/**
 * Reads tables: TAB-separated with a header and without quoting (GLUE, the MRPC distribution,
 * EmoContext), or comma-separated with quotes (AG News). Skips empty lines.
 */
final class DelimitedReader {

  /** TAB-separated; quotes are plain text. */
  static final CSVFormat TSV =
      CSVFormat.DEFAULT.builder().setDelimiter('\t').setQuote(null).setIgnoreEmptyLines(true).get();

  /** Comma-separated with quotes; {@code ""} inside quotes is a quote. */
  static final CSVFormat CSV = CSVFormat.DEFAULT.builder().setIgnoreEmptyLines(true).get();

  private DelimitedReader() {}

  /**
   * Adds a file's rows to {@code rows}.
   *
   * @param columns the columns of a file without a header; empty if the first record is the header
   */
  static void read(Path file, CSVFormat format, List<String> columns, RowMapper rows) {
    DataFileReader.read(
        file,
        DataFileReader.MAX_LINE_CHARS,
        text -> {
          read(DataFileReader.name(file), text, format, columns, rows);
          return null;
        });
  }

  private static void read(
      String name, BufferedReader text, CSVFormat format, List<String> columns, RowMapper rows)
      throws IOException {
    try (CSVParser parser = format.parse(text)) {
      try {
        Iterator<CSVRecord> records = parser.iterator();
        List<String> header = columns;
        if (columns.isEmpty()) {
          if (!records.hasNext()) {
            throw new TaskException(name + ": expected a header, found an empty file");
          }
          header = List.of(records.next().values());
        }
        if (new HashSet<>(header).size() != header.size()) {
          throw new TaskException(
              "%s: expected columns of different names, found %s"
                  .formatted(name, Shown.brief(String.join(", ", header))));
        }
        rows.checkColumns(name, new HashSet<>(header));
        for (int index = 0; records.hasNext(); index++) {
          CSVRecord row = records.next();
          String where = name + ":" + parser.getCurrentLineNumber();
          rows.add(where, index, cells(where, header, row));
        }
      } catch (UncheckedIOException e) {
        throw fault(name, parser, e.getCause());
      } catch (IllegalStateException e) {
        throw fault(name, parser, new IOException(e.getMessage(), e));
      }
    }
  }

  private static Map<String, String> cells(String where, List<String> header, CSVRecord row) {
    if (row.size() != header.size()) {
      throw new TaskException(
          "%s: expected %d fields, found %d".formatted(where, header.size(), row.size()));
    }
    Map<String, String> cells = new HashMap<>();
    for (int i = 0; i < header.size(); i++) {
      cells.put(header.get(i), row.get(i));
    }
    return cells;
  }

  /** Rethrows read and encoding errors; turns a quoting error into one that names the line. */
  private static RuntimeException fault(String name, CSVParser parser, IOException cause)
      throws IOException {
    for (Throwable e = cause; e != null; e = e.getCause()) {
      switch (e) {
        case CharacterCodingException coding -> throw coding;
        case TaskException icl -> throw icl;
        default -> {}
      }
    }
    String message = String.valueOf(cause.getMessage());
    return new TaskException(
        "%s:%d: expected a record, found: %s"
            .formatted(name, parser.getCurrentLineNumber(), Shown.brief(message)),
        cause);
  }
}
