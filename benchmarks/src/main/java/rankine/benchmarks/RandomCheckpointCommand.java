package rankine.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import rankine.kernels.DType;

/** Writes a {@link RandomModel}; {@code benchmarks/java} starts it. */
@Command(
    name = "RandomCheckpoint",
    description = "Writes a checkpoint of random weights, GPT-J or LLaMA.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class RandomCheckpointCommand implements Runnable {
  @Parameters(paramLabel = "DIR", description = "folder to write, created if missing")
  private Path directory;

  @Option(names = "--model-type", description = "architecture: ${COMPLETION-CANDIDATES}")
  private ModelType modelType = ModelType.gptj;

  @Option(names = "--layers", description = "transformer blocks")
  private int layers = RandomCheckpoint.DEFAULT.layers();

  @Option(names = "--width", description = "hidden size")
  private int width = RandomCheckpoint.DEFAULT.width();

  @Option(names = "--heads", description = "attention heads")
  private int heads = RandomCheckpoint.DEFAULT.heads();

  @Option(names = "--rotary", description = "rotary dimensions of a head, of gptj")
  private int rotary = RandomCheckpoint.DEFAULT.rotary();

  @Option(names = "--kv-heads", description = "key/value heads, of llama; default: --heads")
  private Integer kvHeads;

  @Option(names = "--inner", description = "hidden size of the MLP, of llama; default: 4 × --width")
  private Integer inner;

  @Option(names = "--vocab", description = "vocabulary size")
  private int vocab = RandomCheckpoint.DEFAULT.vocab();

  @Option(names = "--positions", description = "context length")
  private int positions = RandomCheckpoint.DEFAULT.positions();

  @Option(names = "--dtype", description = "dtype of the weights: ${COMPLETION-CANDIDATES}")
  private DType dtype = RandomCheckpoint.DEFAULT.dtype();

  @Option(names = "--seed", description = "seed of the weights")
  private long seed = RandomCheckpoint.DEFAULT.seed();

  /** As in config.json. */
  private enum ModelType {
    gptj,
    llama
  }

  @Override
  public void run() {
    try {
      model().write(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private RandomModel model() {
    return switch (modelType) {
      case gptj ->
          new RandomCheckpoint(layers, width, heads, rotary, vocab, positions, dtype, seed);
      case llama ->
          new RandomLlama(
              layers,
              width,
              heads,
              kvHeads == null ? heads : kvHeads,
              inner == null ? 4 * width : inner,
              vocab,
              positions,
              dtype,
              seed);
    };
  }

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new RandomCheckpointCommand()).execute(args));
  }
}
