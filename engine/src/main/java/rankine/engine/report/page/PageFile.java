package rankine.engine.report.page;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import rankine.common.RunException;
import rankine.engine.report.Report;

/** Writes the page to a file. An older file of that name stays until the new one is complete. */
public final class PageFile {
  private PageFile() {}

  /**
   * Writes the page of {@code report}. A symbolic link stays a link.
   *
   * @return its size in bytes
   * @throws RunException if the file cannot be written, or exists and is no regular file
   */
  public static long write(Report report, Path file) {
    String page = ReportPage.of(report);
    try {
      Path real = real(file);
      Path temporary =
          real.resolveSibling("." + real.getFileName() + "." + UUID.randomUUID() + ".tmp");
      try {
        Files.writeString(temporary, page);
        move(temporary, real);
      } finally {
        Files.deleteIfExists(temporary);
      }
      return Files.size(real);
    } catch (IOException e) {
      throw new RunException(file + ": cannot be written: " + reason(e), e);
    }
  }

  /** Returns the file's real path, or the absolute path of a new file. */
  private static Path real(Path file) throws IOException {
    if (!Files.exists(file)) {
      return file.toAbsolutePath();
    }
    if (!Files.isRegularFile(file)) {
      String found = Files.isDirectory(file) ? "a folder" : "a device";
      throw new RunException(file + ": expected a regular file to write, found " + found);
    }
    return file.toRealPath();
  }

  private static void move(Path temporary, Path real) throws IOException {
    try {
      Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, real, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _, NotDirectoryException _ -> "no such folder";
      case AccessDeniedException _ -> "no permission";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
