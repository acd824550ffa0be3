package rankine.engine.icl;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import rankine.common.TaskException;

/** The data files of one task in one folder. Not thread-safe. */
final class DataFolder {
  private final DataSpec spec;
  private final Path folder;
  private final Map<DataSplit, List<DataRow>> cache = new EnumMap<>(DataSplit.class);

  private DataFolder(DataSpec spec, Path folder) {
    this.spec = spec;
    this.folder = folder;
  }

  /**
   * Opens a folder. Its files are read at first use.
   *
   * @throws TaskException if the folder does not exist or has none of the task's files
   */
  static DataFolder open(DataSpec spec, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new TaskException(
          "%s: expected a folder with data files, found %s"
              .formatted(folder, Files.exists(folder) ? "a file" : "nothing"));
    }
    DataFolder opened = new DataFolder(spec, folder);
    if (opened.splits().isEmpty()) {
      List<String> all = new ArrayList<>();
      for (DataSplit split : DataSplit.values()) {
        all.addAll(spec.files().getOrDefault(split, List.of()));
      }
      throw opened.missing(all);
    }
    return opened;
  }

  private TaskException missing(List<String> names) {
    return new TaskException(
        "%s: expected one of the files %s, found none of them"
            .formatted(folder, String.join(", ", names)));
  }

  /** Returns the splits whose file is in the folder. */
  List<DataSplit> splits() {
    List<DataSplit> splits = new ArrayList<>();
    for (DataSplit split : DataSplit.values()) {
      if (file(split).isPresent()) {
        splits.add(split);
      }
    }
    return splits;
  }

  /** Returns whether the folder has the split's file. */
  boolean has(DataSplit split) {
    return file(split).isPresent();
  }

  private Optional<Path> file(DataSplit split) {
    return spec.files().getOrDefault(split, List.of()).stream()
        .map(folder::resolve)
        // A link to nothing is an error when it is read, not an absent file.
        .filter(file -> Files.exists(file, LinkOption.NOFOLLOW_LINKS))
        .findFirst();
  }

  /**
   * Returns the rows of a split's file, in file order, at least one.
   *
   * @throws TaskException if the file is missing or malformed
   */
  List<DataRow> rows(DataSplit split) {
    List<DataRow> rows = cache.get(split);
    if (rows == null) {
      List<String> names = spec.files().getOrDefault(split, List.of());
      rows = read(split, file(split).orElseThrow(() -> missing(names)));
      cache.put(split, rows);
    }
    return rows;
  }

  private List<DataRow> read(DataSplit split, Path file) {
    String fileName = file.getFileName().toString();
    RowMapper rows = new RowMapper(spec, split, DataFileReader.name(file), fileName);
    String lower = fileName.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".jsonl")) {
      JsonLinesReader.read(file, rows);
    } else if (lower.endsWith(".json")) {
      SquadReader.read(file, rows);
    } else if (lower.endsWith(".csv")) {
      DelimitedReader.read(file, DelimitedReader.CSV, spec.columns(), rows);
    } else {
      DelimitedReader.read(file, DelimitedReader.TSV, spec.columns(), rows);
    }
    return rows.finish();
  }
}
