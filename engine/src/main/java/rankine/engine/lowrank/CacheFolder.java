package rankine.engine.lowrank;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a {@link FactorCache} as files: their size, and which of them go. Other files in the
 * folder are not touched.
 *
 * @param folder may be absent, and is then empty
 */
public record CacheFolder(Path folder) {
  /** The extension of a decomposition's file; its name is the key in hex. */
  static final String EXTENSION = ".svd";

  /** The extension of a file of arrays. */
  static final String ARRAYS = ".arrays";

  private static final Pattern ENTRY = Pattern.compile("[0-9a-f]{64}\\.(svd|arrays)");

  /** A temporary file of {@link rankine.common.io.AtomicFile}. */
  private static final Pattern TEMPORARY =
      Pattern.compile("\\.[0-9a-f]{64}\\.(svd|arrays)\\..*\\.tmp");

  /** No write takes this long: an older temporary file is that of a killed process. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** The number of files and their total size. */
  public record Usage(int files, long bytes) {}

  private record CachedFile(Path path, long bytes, FileTime modified) {}

  /** Returns what is in the folder, temporary files included. */
  public Usage usage() throws IOException {
    return usage(entries());
  }

  /** Deletes all entries and returns what they were. */
  public Usage clear() throws IOException {
    List<CachedFile> entries = entries();
    for (CachedFile entry : entries) {
      Files.deleteIfExists(entry.path);
    }
    return usage(entries);
  }

  /** Creates the folder with access for its owner only, because readers trust the files in it. */
  void create() throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (folder.getParent() != null) {
      Files.createDirectories(folder.getParent());
    }
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Files.createDirectories(folder, ownerOnly);
  }

  /**
   * Deletes the oldest entries until at most {@code maxBytes} remain, and temporary files of killed
   * processes.
   *
   * @param kept the newest entry, which stays even if it is larger
   */
  void shrink(long maxBytes, Path kept) throws IOException {
    List<CachedFile> entries = new ArrayList<>(entries());
    entries.sort(Comparator.comparing(CachedFile::modified));
    FileTime abandoned = FileTime.from(Instant.now().minus(ABANDONED));
    long bytes = usage(entries).bytes;
    for (CachedFile entry : entries) {
      boolean temporary = TEMPORARY.matcher(entry.path.getFileName().toString()).matches();
      if (temporary
          ? entry.modified.compareTo(abandoned) < 0
          : bytes > maxBytes && !entry.path.equals(kept)) {
        Files.deleteIfExists(entry.path);
        bytes -= entry.bytes;
      }
    }
  }

  private static Usage usage(List<CachedFile> entries) {
    return new Usage(entries.size(), entries.stream().mapToLong(CachedFile::bytes).sum());
  }

  private List<CachedFile> entries() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<CachedFile> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (ENTRY.matcher(name).matches() || TEMPORARY.matcher(name).matches()) {
          add(file, entries);
        }
      }
    }
    return entries;
  }

  private static void add(Path file, List<CachedFile> entries) throws IOException {
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (found.isRegularFile()) {
        entries.add(new CachedFile(file, found.size(), found.lastModifiedTime()));
      }
    } catch (NoSuchFileException e) {
      return; // absent by now: another process writes here too
    }
  }
}
