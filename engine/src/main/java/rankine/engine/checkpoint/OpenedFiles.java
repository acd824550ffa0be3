package rankine.engine.checkpoint;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of an open checkpoint: {@code config.json}, then the weight files by name. They are
 * added while it opens; afterwards, all methods are thread-safe.
 */
final class OpenedFiles {
  private volatile List<OpenedFile> files = List.of();

  /** {@link Checkpoint#hash} defines it; null until it is asked for. */
  private String hash;

  void add(OpenedFile file) {
    files = Stream.concat(files.stream(), Stream.of(file)).toList();
  }

  List<Path> paths() {
    return files.stream().map(OpenedFile::path).toList();
  }

  /** Returns the weight files by name, relative to the folder as in the index. */
  Map<String, Path> weights() {
    Map<String, Path> byName = new LinkedHashMap<>();
    files.stream().skip(1).forEach(file -> byName.put(file.name(), file.path()));
    return byName;
  }

  /** As {@link Checkpoint#hash}. */
  synchronized String hash() {
    if (hash == null) {
      hash = ContentHash.of(files);
    }
    return hash;
  }

  /** As {@link Checkpoint#checkUnchanged}. */
  synchronized void checkUnchanged() {
    List<OpenedFile> now = files.stream().map(f -> OpenedFile.of(f.name(), f.path())).toList();
    if (now.equals(files)) {
      return;
    }
    if (hash == null || !ContentHash.of(now).equals(hash)) {
      files.forEach(OpenedFile::checkUnchanged);
    }
    files = now;
  }
}
