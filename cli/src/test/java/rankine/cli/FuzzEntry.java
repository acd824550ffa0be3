package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What Jazzer calls, by name: {@code mvn -Pfuzz}, see faults/README.md. Its corpus grows in {@code
 * target/fuzz/LABEL}.
 */
public final class FuzzEntry {
  private static Consumer<byte[]> target;

  private FuzzEntry() {}

  /**
   * Prepares the process.
   *
   * @param arguments the label of a {@link FuzzTarget}
   */
  public static void fuzzerInitialize(String[] arguments) throws IOException {
    FuzzTarget chosen = FuzzTarget.of(arguments[0]);
    Files.createDirectories(Path.of("target/fuzz", chosen.label()));
    target = chosen.open(Files.createTempDirectory("fuzz"));
  }

  /** Reads one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    target.accept(input);
  }
}
