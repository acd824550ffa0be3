package rankine.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import rankine.common.ModelException;

/** Where Rankine lies: the launcher says so. */
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
