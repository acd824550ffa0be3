package rankine.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.Versions;
import rankine.kernels.Backend;
import rankine.kernels.Backends;

/** The text of {@code --version}: what was built, and what runs it. */
final class VersionLines implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "rankine " + Versions.RANKINE + ", commit " + commit(),
      "Java "
          + Runtime.version()
          + ", "
          + System.getProperty("java.vendor")
          + ", "
          + System.getProperty("java.vm.name")
          + ", "
          + Versions.platform(),
      "backend " + backend()
    };
  }

  /**
   * Returns the commit that was built, with {@code -dirty} if files differed from it, or {@code
   * unknown} if the sources were no clone. The build writes it.
   */
  private static String commit() {
    try (InputStream in = VersionLines.class.getResourceAsStream("commit.txt")) {
      String commit = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return commit.isBlank() ? "unknown" : commit.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The CPU's: opening a device takes seconds; {@code doctor} does. */
  private static String backend() {
    try (Backend backend = Backends.cpu(BackendOptions.standard().threads()).backend()) {
      return backend.name() + ": " + backend.description();
    }
  }
}
