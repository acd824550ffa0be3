package rankine.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import rankine.common.RunException;
import rankine.common.io.Sha256;
import rankine.common.io.Shown;

/**
 * A file that Spark copies to the executors.
 *
 * @param path absolute, on the driver
 * @param name in Spark's folder of an executor, where each is unique
 * @param sha256 on the driver, in hex
 */
record ShippedFile(String path, String name, String sha256) implements Serializable {
  private static final int BUFFER = 1 << 20;

  /** Describes the driver's file {@code source}, which executors shall see as {@code path}. */
  static ShippedFile of(Path source, String path, String name) {
    return new ShippedFile(path, name, hash(source, path));
  }

  /**
   * Checks the file that has arrived, and links it below {@code root} by its path on the driver.
   *
   * @throws RunException that names the file, if its content is another
   */
  void place(Path arrived, Path root) {
    String found = hash(arrived, path);
    if (!found.equals(sha256)) {
      throw new RunException(
          "%s: sha256: expected %s, the driver's, found %s in the copy that Spark has shipped"
              .formatted(path, sha256, found));
    }
    Path link = root.resolve(path.substring(1));
    try {
      Files.createDirectories(link.getParent());
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, arrived);
    } catch (IOException e) {
      throw new RunException("%s: cannot be placed: %s".formatted(path, Shown.reason(e)), e);
    }
  }

  private static String hash(Path file, String path) {
    Sha256 hash = new Sha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hash.add(ByteBuffer.wrap(buffer, 0, n));
      }
    } catch (IOException e) {
      throw new RunException("%s: cannot be read: %s".formatted(path, Shown.reason(e)), e);
    }
    return hash.hex();
  }
}
