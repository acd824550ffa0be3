package rankine.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The checkpoint of a command. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint folder.")
  Path folder;
}
