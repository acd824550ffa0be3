package rankine.common.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Hidden names beside a target, for what is written before it is renamed to the target: {@code
 * .TARGET.SPACE-PID-RANDOM.tmp}. SPACE stands for the boot of the machine and the process
 * namespace, PID for the process, so that a later one can tell what a killed process has left.
 */
public final class TemporaryName {
  private static final Pattern SUFFIX = Pattern.compile("([0-9a-f]{8})-(\\d{1,18})-[0-9a-f]{12}");

  private static final String UNKNOWN = "00000000";

  /** Of this boot and namespace; where the system does not tell, zeros, and nothing is removed. */
  private static final String SPACE = space();

  private TemporaryName() {}

  private static String space() {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
      Path namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
      return Sha256.hex((boot + namespace).getBytes(StandardCharsets.UTF_8)).substring(0, 8);
    } catch (IOException | UnsupportedOperationException e) {
      return UNKNOWN;
    }
  }

  /** Returns a unique name in the folder of {@code target}. */
  public static Path of(Path target) {
    String random = UUID.randomUUID().toString();
    return of(target, ProcessHandle.current().pid(), random.substring(random.length() - 12));
  }

  static Path of(Path target, long process, String random) {
    return target.resolveSibling(prefix(target) + "%s-%d-%s.tmp".formatted(SPACE, process, random));
  }

  private static String prefix(Path target) {
    return "." + target.getFileName() + ".";
  }

  /**
   * Removes what processes that have ended were writing for {@code target}: a killed process cannot
   * clean up. Leaves the files of other machines and namespaces, whose processes it cannot see, and
   * whatever cannot be deleted.
   */
  public static void removeAbandoned(Path target) {
    Path folder = target.toAbsolutePath().getParent();
    try (DirectoryStream<Path> siblings =
        Files.newDirectoryStream(folder, sibling -> isAbandoned(sibling, prefix(target)))) {
      for (Path sibling : siblings) {
        delete(sibling);
      }
    } catch (IOException | UncheckedIOException e) {
      // The caller that writes the target reports what is wrong with its folder.
      return;
    }
  }

  private static boolean isAbandoned(Path sibling, String prefix) {
    String name = sibling.getFileName().toString();
    if (!name.startsWith(prefix) || !name.endsWith(".tmp")) {
      return false;
    }
    Matcher suffix = SUFFIX.matcher(name.substring(prefix.length(), name.length() - 4));
    return suffix.matches()
        && suffix.group(1).equals(SPACE)
        && !SPACE.equals(UNKNOWN)
        && ProcessHandle.of(Long.parseLong(suffix.group(2))).isEmpty();
  }

  /** Deletes a file, or a folder with its contents; links are not followed. */
  private static void delete(Path root) throws IOException {
    List<Path> contents;
    try (Stream<Path> paths = Files.walk(root)) {
      contents = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : contents) {
      Files.deleteIfExists(path);
    }
  }
}
