package rankine.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import rankine.benchmarks.gguf.GgufConversion;

/** The driver of the benchmarks against other engines; {@code benchmarks/run} starts it. */
@Command(
    name = "run",
    description = "Benchmarks Rankine against other engines and the machine's limits.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class SideBySide implements Callable<Integer> {
  /** Parts of a run. */
  public enum BenchmarkPart {
    /** Prefill and decode of GPT-J against PyTorch. */
    MODEL,
    /** Prefill and decode of LLaMA against llama.cpp and Jlama. */
    LLAMA,
    /** Prefill and decode of GPT-2 against llama.cpp and Jlama. */
    GPT2,
    /** Servers with 1, 4 and 16 clients: of LLaMA, against llama.cpp's. */
    SERVER,
    /** Linear layers (GEMM, GEMV) against the roofline and BLAS. */
    KERNELS,
    /** Linear layers in factors against dense ones, beside PyTorch. */
    FACTORS,
    /** The paper's search, and a grid of searches, against the paper's procedure in PyTorch. */
    SEARCH,
    /** The same search near the end of a model with 28 layers. */
    DEEP,
    /** The time of a search as a function of queries and rates. */
    COST,
    /** Exact and randomized SVD against PyTorch. */
    SVD,
    /** Attention against PyTorch. */
    ATTENTION,
    /** Peak memory of a run from load to exit. */
    MEMORY;

    /** Returns whether this part runs the checkpoint that most share. */
    boolean runsDefaultModel() {
      return switch (this) {
        case MODEL, SEARCH, COST, MEMORY -> true;
        case LLAMA, GPT2, SERVER, KERNELS, FACTORS, DEEP, SVD, ATTENTION -> false;
      };
    }
  }

  /** Divisor of the warm-up for single kernels. */
  private static final int KERNEL_WARM_UP_DIVISOR = 5;

  @Option(names = "--home", required = true, hidden = true)
  private Path home;

  @Option(names = "--jvm", hidden = true, description = "JVM flags of the Rankine workers")
  private String jvm = "";

  @Option(names = "--threads", description = "CPU threads of every contender")
  private int threads = 2;

  @Option(names = "--backend", description = "Rankine's backend")
  private String backend = "vector";

  @Option(names = "--device", description = "device index on that backend")
  private int device = 0;

  @Option(names = "--torch-device", description = "PyTorch's device: cpu or cuda")
  private String torchDevice = "cpu";

  @Option(names = "--runs", description = "measurements per figure")
  private int runs = 7;

  @Option(
      names = "--warm-up",
      description = "warm-up of each contender before each figure, in seconds")
  private double warmUp = 10;

  @Option(
      names = "--retries",
      description = "further attempts while other programs load the machine; the quietest counts")
  private int retries = 2;

  @Option(names = "--only", split = ",", description = "parts: ${COMPLETION-CANDIDATES}")
  private Set<BenchmarkPart> only = EnumSet.allOf(BenchmarkPart.class);

  @Option(names = "--python", description = "candidate interpreters; the first with torch is used")
  private List<String> pythons = List.of("/usr/bin/python3", "python3");

  @Option(
      names = "--out",
      description = "output folder of RESULTS.md and results.json (default: benchmarks/)")
  private Path out;

  private final List<String> command = new ArrayList<>(List.of("benchmarks/run"));

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    SideBySide run = new SideBySide();
    List<String> shown = Stream.of(args).filter(a -> !a.startsWith("--home=")).toList();
    run.command.addAll(shown.stream().filter(a -> !a.startsWith("--jvm=")).toList());
    System.exit(new CommandLine(run).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Map<String, String> machine = Machine.describe();
    Results results = new Results();
    boolean runsModel = only.stream().anyMatch(BenchmarkPart::runsDefaultModel);
    Path model =
        runsModel ? checkpoint(RandomCheckpoint.DEFAULT) : folder(RandomCheckpoint.DEFAULT);
    List<String> flags = Stream.of(jvm.strip().split("\\s+")).filter(f -> !f.isEmpty()).toList();
    machine.put("flags of our JVMs", flags.isEmpty() ? "none" : String.join(" ", flags));
    machine.put("threads", Integer.toString(threads));
    if (runsModel) {
      machine.put("model", model.getFileName().toString());
    }
    Contenders contenders =
        new Contenders(
            threads,
            backend,
            device,
            torchDevice,
            flags,
            python(),
            home.resolve("rivals").toAbsolutePath());
    ModelRuns models = new ModelRuns(contenders, new Interleaved(runs, warmUp, retries), results);
    if (only.contains(BenchmarkPart.MODEL)) {
      Rival torch = new Rival(contenders.torch(model), "≥ 1.3", "≥ 2");
      models.run("GPT-J", RandomCheckpoint.DEFAULT, model, List.of(torch));
    }
    if (only.contains(BenchmarkPart.LLAMA)) {
      againstEngines(models, contenders, "LLaMA", RandomLlama.DEFAULT);
      machine.put("model, LLaMA", RandomLlama.DEFAULT.name());
    }
    if (only.contains(BenchmarkPart.GPT2)) {
      againstEngines(models, contenders, "GPT-2", RandomGpt2.DEFAULT);
      machine.put("model, GPT-2", RandomGpt2.DEFAULT.name());
    }
    if (only.contains(BenchmarkPart.SERVER)) {
      Path served = checkpoint(RandomLlama.DEFAULT);
      Contender llamaServer = contenders.llamaServer(gguf(served));
      convert(served, llamaServer);
      new ServerRuns(new Interleaved(runs, 1, warmUp, retries), results)
          .run(RandomLlama.DEFAULT.vocab(), contenders.server(served), llamaServer);
      machine.put("model, servers", RandomLlama.DEFAULT.name());
    }
    if (only.contains(BenchmarkPart.KERNELS)) {
      new KernelRuns(
              contenders, new Interleaved(runs, warmUp / KERNEL_WARM_UP_DIVISOR, retries), results)
          .run();
    }
    if (only.contains(BenchmarkPart.FACTORS)) {
      new FactorRuns(
              FactorRuns.FactorWorkload.standard(),
              contenders,
              FactorRuns.turns(runs, retries),
              results)
          .run();
    }
    if (only.contains(BenchmarkPart.SEARCH)) {
      new SearchRuns(contenders, Math.min(runs, SearchRuns.MAX_RUNS), results).run(model);
    }
    if (only.contains(BenchmarkPart.DEEP)) {
      new SearchRuns(contenders, Math.min(runs, SearchRuns.MAX_RUNS), results)
          .runDeep(checkpoint(SearchRuns.DEEP));
    }
    if (only.contains(BenchmarkPart.COST)) {
      new CostRuns(contenders, Math.min(runs, SearchRuns.MAX_RUNS), results).run(model);
    }
    if (only.contains(BenchmarkPart.SVD)) {
      new SvdRuns(
              contenders, new Interleaved(runs, warmUp / KERNEL_WARM_UP_DIVISOR, retries), results)
          .run(home.resolve("target/matrices").toAbsolutePath());
    }
    if (only.contains(BenchmarkPart.ATTENTION)) {
      new AttentionRuns(
              contenders, new Interleaved(runs, warmUp / KERNEL_WARM_UP_DIVISOR, retries), results)
          .run();
    }
    if (only.contains(BenchmarkPart.MEMORY)) {
      new MemoryRuns(contenders, runs, results).run(model, checkpoint(MemoryRuns.LARGE));
    }
    machine.put("load average at the end", Machine.loadAverage());
    BenchmarkReport report = new BenchmarkReport(machine, command, results);
    report.write(out == null ? home : out);
    System.out.print(report.markdown());
    return 0;
  }

  /** Benchmarks a model that llama.cpp and Jlama also run. */
  private void againstEngines(
      ModelRuns models, Contenders contenders, String label, RandomModel random)
      throws IOException {
    Path model = checkpoint(random);
    Contender llamaCpp = contenders.llamaCpp(gguf(model));
    convert(model, llamaCpp);
    models.run(
        label,
        random,
        model,
        List.of(
            new Rival(llamaCpp, "≥ 1", "≥ 1"), new Rival(contenders.jlama(model), "≥ 2", "≥ 2")));
  }

  private static Path gguf(Path model) {
    return model.resolveSibling(model.getFileName() + ".gguf");
  }

  /** Writes the checkpoint for llama.cpp, once, if it is there. */
  private static void convert(Path model, Contender llamaCpp) throws IOException {
    if (llamaCpp.missing().isEmpty() && !Files.exists(gguf(model))) {
      System.err.println("writing " + gguf(model));
      GgufConversion.convert(model, gguf(model));
    }
  }

  private Path folder(RandomModel model) {
    return home.resolve("target/checkpoints").resolve(model.name()).toAbsolutePath();
  }

  /** Returns the checkpoint of a random model, writing it once. */
  private Path checkpoint(RandomModel model) throws IOException {
    Path folder = folder(model);
    if (!Files.exists(folder.resolve("config.json"))) {
      System.err.println("writing " + folder);
      model.write(folder);
    }
    return folder;
  }

  /**
   * Returns the first interpreter that can import torch; if there is none, the first of the list.
   */
  private String python() throws IOException {
    for (String candidate : pythons) {
      try {
        Process process =
            new ProcessBuilder(candidate, "-c", "import torch, safetensors")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() == 0) {
          return candidate;
        }
      } catch (IOException e) {
        System.err.println(candidate + ": " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    return pythons.getFirst();
  }
}
