package rankine.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import rankine.common.ModelException;

/** The installation folder, which the launcher passes as {@code rankine.home}. */
final class InstallFolder {
  private InstallFolder() {}

  static Path folder() {
    Path home = Path.of(System.getProperty("rankine.home", "."));
    if (!Files.isDirectory(home.resolve("demo"))) {
      throw new ModelException(
          home.toAbsolutePath().normalize()
              + ": demo: expected the built-in checkpoint's folder, found none (start with"
              + " ./rankine)");
    }
    return home;
  }
}
