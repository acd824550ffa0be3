package rankine.benchmarks.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import rankine.benchmarks.RandomCheckpoint;
import rankine.benchmarks.RandomGpt2;
import rankine.benchmarks.RandomLlama;
import rankine.benchmarks.RandomModel;
import rankine.engine.checkpoint.Checkpoint;
import rankine.engine.model.Architectures;
import rankine.engine.model.Session;
import rankine.kernels.Backend;
import rankine.kernels.DType;
import rankine.kernels.KvCache;
import rankine.kernels.cpu.CpuBackend;

/**
 * One greedy decode step of a small model with random weights: 4 × 256, F16. {@code -prof gc} shows
 * the allocation per token; the KV cache is reused when a sequence reaches the end of the context.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodeBenchmark {
  private static final int CONTEXT = 256;
  private static final int VOCAB = 4096;

  /** The model to decode with. */
  public enum DecodeModel {
    GPTJ(new RandomCheckpoint(4, 256, 4, 32, VOCAB, CONTEXT, DType.F16, 1)),
    LLAMA(new RandomLlama(4, 256, 4, 2, 704, VOCAB, CONTEXT, DType.F16, 1)),
    GPT2(new RandomGpt2(4, 256, 4, VOCAB, CONTEXT, DType.F16, 1));

    @SuppressWarnings("ImmutableEnumChecker") // all three are records of numbers
    private final RandomModel model;

    DecodeModel(RandomModel model) {
      this.model = model;
    }
  }

  /** The architecture. */
  @Param public DecodeModel kind;

  /** Threads of the backend. */
  @Param({"1", "2"})
  public int threads;

  private Path directory;
  private Checkpoint checkpoint;
  private Backend backend;
  private Session session;
  private KvCache cache;
  private final int[] input = {1};

  /** Writes the checkpoint and opens it. */
  @Setup(Level.Trial)
  public void setUp() throws IOException {
    directory = Files.createTempDirectory("rankine-decode");
    kind.model.write(directory);
    checkpoint = Checkpoint.open(directory);
    backend = CpuBackend.vector(threads);
    session = new Session(Architectures.load(checkpoint, backend), backend, 1, 1);
    cache = session.sequence();
  }

  /** Decodes the next token; starts a new sequence at the end of the context. */
  @Benchmark
  public int token() {
    if (cache.length() == CONTEXT) {
      cache.close();
      cache = session.sequence();
    }
    input[0] = session.greedy(cache, input);
    return input[0];
  }

  /** Frees the memory and deletes the checkpoint. */
  @TearDown(Level.Trial)
  public void tearDown() throws IOException {
    cache.close();
    session.close();
    backend.close();
    checkpoint.close();
    for (String file : new String[] {"model.safetensors", "config.json"}) {
      Files.delete(directory.resolve(file));
    }
    Files.delete(directory);
  }
}
