package rankine.engine.icl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import rankine.common.TaskException;

/** The data files of one task in one folder. Not for several threads at once. */
final class DataFolder {
  private final DataSpec spec;
  private final Path folder;
  private final Map<DataSplit, List<DataRow>> read = new EnumMap<>(DataSplit.class);

  private DataFolder(DataSpec spec, Path folder) {
    this.spec = spec;
    this.folder = folder;
  }

  /**
   * The folder, whose files are read when they are asked for.
   *
   * @throws TaskException if there is no such folder, or none of the task's files is in it
   */
  static DataFolder open(DataSpec spec, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new TaskException(
          "%s: expected a folder with data files, found %s"
              .formatted(folder, Files.exists(folder) ? "a file" : "nothing"));
    }
    DataFolder opened = new DataFolder(spec, folder);
    if (opened.roles().isEmpty()) {
      List<String> all = new ArrayList<>();
      for (DataSplit role : DataSplit.values()) {
        all.addAll(spec.files().getOrDefault(role, List.of()));
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

  /** The roles whose file is in the folder. */
  List<DataSplit> roles() {
    List<DataSplit> roles = new ArrayList<>();
    for (DataSplit role : DataSplit.values()) {
      if (file(role).isPresent()) {
        roles.add(role);
      }
    }
    return roles;
  }

  /** Whether the folder has a file of that role. */
  boolean has(DataSplit role) {
    return file(role).isPresent();
  }

  private Optional<Path> file(DataSplit role) {
    return spec.files().getOrDefault(role, List.of()).stream()
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst();
  }

  /**
   * The rows of the file of that role, in file order, at least one.
   *
   * @throws TaskException if the file is not there or has a fault
   */
  List<DataRow> rows(DataSplit role) {
    List<DataRow> rows = read.get(role);
    if (rows == null) {
      List<String> names = spec.files().getOrDefault(role, List.of());
      rows = read(role, file(role).orElseThrow(() -> missing(names)));
      read.put(role, rows);
    }
    return rows;
  }

  private List<DataRow> read(DataSplit role, Path file) {
    String shortName = file.getFileName().toString();
    RowMapper rows = new RowMapper(spec, role, DataFileReader.name(file), shortName);
    String lower = shortName.toLowerCase(Locale.ROOT);
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
