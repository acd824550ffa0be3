package rankine.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import rankine.common.RunException;
import rankine.common.io.OutputFile;
import rankine.common.io.Shown;

/** Whether an output file may replace another; an input is never replaced. */
final class OutputOptions {
  /** Levels of folders in a checkpoint. */
  private static final int DEPTH = 4;

  @Option(
      names = "--force",
      description = "Replace an existing output file (default: refused, unless it is empty).")
  boolean force;

  /**
   * Refuses an output that would destroy something, before any work is done. An output that is no
   * regular file is left to its writer, which refuses it.
   *
   * @param inputs files and folders that the command reads; their files are compared with links
   *     resolved
   * @throws RunException for an output that is one of the inputs' files, with or without {@code
   *     --force}; without it, for any existing file that is not empty
   */
  void check(Path output, List<Path> inputs) {
    if (Files.isRegularFile(output)) {
      for (Path input : inputs) {
        files(input).forEach(file -> requireOther(output, file));
      }
    }
    if (!force && Files.exists(output, LinkOption.NOFOLLOW_LINKS) && !isReplaceable(output)) {
      throw new RunException(
          Shown.path(output) + ": expected no file of that name, found one (--force replaces it)");
    }
  }

  /** Returns a file to write, which replaces another only with {@code --force}. */
  OutputFile file(Path output) {
    return new OutputFile(output, force);
  }

  /**
   * Returns whether two outputs are one file, however they are spelled: through another folder or a
   * symbolic link.
   *
   * @param one may be null, as may {@code other}: an output that is not wanted
   */
  static boolean isSame(Path one, Path other) {
    return one != null && other != null && resolved(one).equals(resolved(other));
  }

  /** Returns the path with all links resolved, but for the name of a file that does not exist. */
  private static Path resolved(Path file) {
    Path absolute = file.toAbsolutePath();
    try {
      return absolute.toRealPath();
    } catch (IOException _) {
      try {
        return absolute.getParent().toRealPath().resolve(absolute.getFileName());
      } catch (IOException _) {
        return absolute.normalize(); // without a folder its writer refuses it
      }
    }
  }

  /**
   * Refuses an output in a folder whose every file may belong to an input.
   *
   * @throws RunException if the output lies in {@code folder} or a folder in it
   */
  static void requireOutside(Path output, Path folder) {
    try {
      Path parent = output.toAbsolutePath().normalize().getParent();
      if (Files.isDirectory(parent)
          && Files.isDirectory(folder)
          && parent.toRealPath().startsWith(folder.toRealPath())) {
        throw new RunException(
            "%s: expected a file outside %s, found one inside"
                .formatted(Shown.path(output), Shown.path(folder)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isReplaceable(Path output) {
    try {
      return Files.exists(output) && (!Files.isRegularFile(output) || Files.size(output) == 0);
    } catch (IOException e) {
      return false;
    }
  }

  /** The input and, of a folder, all regular files in it. */
  private static List<Path> files(Path input) {
    try (Stream<Path> files = Files.walk(input, DEPTH)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // the command that reads it says what is wrong
    }
  }

  private static void requireOther(Path output, Path input) {
    try {
      if (Files.isSameFile(output, input)) {
        throw new RunException(
            Shown.path(output)
                + ": expected an output that is no input, found the input "
                + Shown.path(input));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
