package rankine.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rankine.kernels.DType;

/** Writes a {@link RandomCheckpoint}; {@code benchmarks/java} starts it. */
@Command(
    name = "RandomCheckpoint",
    description = "Writes a GPT-J checkpoint of random weights.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class RandomCheckpointCommand implements Runnable {
  @Parameters(paramLabel = "DIR", description = "folder to write to; made if missing")
  private Path directory;

  @Option(names = "--layers")
  private int layers = RandomCheckpoint.DEFAULT.layers();

  @Option(names = "--width")
  private int width = RandomCheckpoint.DEFAULT.width();

  @Option(names = "--heads")
  private int heads = RandomCheckpoint.DEFAULT.heads();

  @Option(names = "--rotary", description = "features of a head that rotate")
  private int rotary = RandomCheckpoint.DEFAULT.rotary();

  @Option(names = "--vocab")
  private int vocab = RandomCheckpoint.DEFAULT.vocab();

  @Option(names = "--positions", description = "context length")
  private int positions = RandomCheckpoint.DEFAULT.positions();

  @Option(names = "--dtype", description = "one of ${COMPLETION-CANDIDATES}")
  private DType dtype = RandomCheckpoint.DEFAULT.dtype();

  @Option(names = "--seed")
  private long seed = RandomCheckpoint.DEFAULT.seed();

  @Override
  public void run() {
    RandomCheckpoint checkpoint =
        new RandomCheckpoint(layers, width, heads, rotary, vocab, positions, dtype, seed);
    try {
      checkpoint.write(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
  }

  /** The program. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new RandomCheckpointCommand()).execute(args));
  }
}
