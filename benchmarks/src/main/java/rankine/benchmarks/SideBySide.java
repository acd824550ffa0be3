package rankine.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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

    /** Returns whether this part always runs the checkpoint that most share. */
    boolean runsDefaultModel() {
      return switch (this) {
        case SEARCH, COST, MEMORY -> true;
        case MODEL, LLAMA, GPT2, SERVER, KERNELS, FACTORS, DEEP, SVD, ATTENTION -> false;
      };
    }
  }

  private static final int KERNEL_WARM_UPS = 5;

  /** Of calls that may take seconds each, on a device or at the larger sizes. */
  private static final int LONG_WARM_UPS = 2;

  private static final long DEVICE_PAUSE_MILLIS = 50;

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

  @Option(
      names = "--model",
      paramLabel = "LxW[xH]",
      converter = ModelSize.Converter.class,
      description =
          "size of the random GPT-J of MODEL: layers, hidden size and heads, by default one per 256"
              + " features; 28x4096 is GPT-J-6B's")
  private ModelSize modelSize;

  @Option(
      names = "--large",
      arity = "0..1",
      fallbackValue = "4096",
      paramLabel = "WIDTH",
      description =
          "larger sizes: MODEL 28xWIDTH, KERNELS WIDTH ↔ 4 WIDTH with many layers in a program,"
              + " SVD WIDTH × 4 WIDTH; 4096 without a number")
  private Integer large;

  @Option(
      names = "--prepare",
      description = "write the checkpoint of MODEL and the matrices of SVD, and measure nothing")
  private boolean prepare;

  @Option(names = "--shown", hidden = true, description = "the command of the report")
  private String shown;

  @Option(names = "--python", description = "candidate interpreters; the first with torch is used")
  private List<String> pythons = TorchPython.CANDIDATES;

  @Option(
      names = "--out",
      description = "output folder of RESULTS.md and results.json (default: benchmarks/)")
  private Path out;

  private List<String> arguments = List.of();

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    SideBySide run = new SideBySide();
    run.arguments = List.of(args);
    System.exit(new CommandLine(run).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (prepare) {
      prepare();
      return 0;
    }
    Map<String, String> machine = Machine.describe();
    ReportWriter writer = new ReportWriter(out == null ? home : out, machine, repeat());
    Results results = new Results(writer);
    boolean runsModel = only.stream().anyMatch(BenchmarkPart::runsDefaultModel);
    Path model =
        runsModel ? checkpoint(RandomCheckpoint.DEFAULT) : folder(RandomCheckpoint.DEFAULT);
    List<String> flags = Stream.of(jvm.strip().split("\\s+")).filter(f -> !f.isEmpty()).toList();
    machine.put(
        "flags of our JVMs",
        flags.isEmpty() ? "none" : ReportText.withoutFolders(String.join(" ", flags)));
    machine.put("threads", Integer.toString(threads));
    if (runsModel) {
      machine.put("model", RandomCheckpoint.DEFAULT.name());
    }
    Contenders contenders =
        new Contenders(
            threads,
            backend,
            device,
            torchDevice,
            flags,
            TorchPython.find(pythons),
            home.resolve("rivals").toAbsolutePath());
    // The threads of a BLAS spin after their work, on the CPU only.
    boolean spinning = torchDevice.equals("cpu");
    Interleaved kernelCalls =
        spinning
            ? new Interleaved(runs, warmUp / KERNEL_WARM_UP_DIVISOR, retries)
            : new Interleaved(
                runs,
                KERNEL_WARM_UPS,
                warmUp / KERNEL_WARM_UP_DIVISOR,
                retries,
                DEVICE_PAUSE_MILLIS);
    Interleaved modelCalls =
        contenders.onDevice()
            ? new Interleaved(runs, LONG_WARM_UPS, warmUp, retries)
            : new Interleaved(runs, warmUp, retries);
    ModelRuns models = new ModelRuns(contenders, modelCalls, results);
    if (only.contains(BenchmarkPart.MODEL)) {
      Path gptJ = checkpoint(model());
      machine.put("model", model().name());
      if (contenders.onDevice()) {
        new DeviceModelRuns(models, contenders, results).run(model(), sizes(), gptJ);
      } else {
        Rival torch = new Rival(contenders.torch(gptJ), "≥ 1.3", "≥ 2");
        models.run("GPT-J", model(), gptJ, List.of(torch));
      }
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
      if (large != null || contenders.onDevice()) {
        LinearProgramRuns.LinearProgramWorkload workload =
            large == null
                ? LinearProgramRuns.LinearProgramWorkload.standard()
                : LinearProgramRuns.LinearProgramWorkload.large(large);
        new LinearProgramRuns(workload, contenders, kernelCalls, results).run();
      } else {
        new KernelRuns(contenders, kernelCalls, results).run();
      }
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
      Interleaved calls =
          large == null ? kernelCalls : new Interleaved(runs, LONG_WARM_UPS, 0, retries);
      new SvdRuns(svdShape(), contenders, calls, results).run(matrices());
    }
    if (only.contains(BenchmarkPart.ATTENTION)) {
      new AttentionRuns(contenders, kernelCalls, results).run();
    }
    if (only.contains(BenchmarkPart.MEMORY)) {
      new MemoryRuns(contenders, runs, results).run(model, checkpoint(MemoryRuns.LARGE));
    }
    machine.put("load average at the end", Machine.loadAverage());
    System.out.print(writer.finish(results).markdown());
    return 0;
  }

  /** Writes what the parts read, which may take as long as they do. */
  private void prepare() throws IOException {
    if (only.contains(BenchmarkPart.MODEL)) {
      checkpoint(model());
    }
    if (only.stream().anyMatch(BenchmarkPart::runsDefaultModel)) {
      checkpoint(RandomCheckpoint.DEFAULT);
    }
    if (only.contains(BenchmarkPart.SVD)) {
      SvdRuns.write(svdShape(), matrices());
    }
  }

  /** The lines that repeat this run. */
  private List<String> repeat() {
    if (shown != null) {
      return List.of(ReportText.withoutFolders(shown));
    }
    String options =
        arguments.stream()
            .filter(a -> !a.startsWith("--home=") && !a.startsWith("--jvm="))
            .collect(Collectors.joining(" "));
    return List.of(
        "mvn -q -DskipTests package",
        ReportText.withoutFolders(("benchmarks/run " + options).strip()));
  }

  /** The model of the part MODEL. */
  private RandomModel model() {
    return size().<RandomModel>map(ModelSize::model).orElse(RandomCheckpoint.DEFAULT);
  }

  private RandomCheckpoint sizes() {
    return size().map(size -> size.model().sizes()).orElse(RandomCheckpoint.DEFAULT);
  }

  private Optional<ModelSize> size() {
    return Optional.ofNullable(modelSize).or(() -> Optional.ofNullable(large).map(ModelSize::deep));
  }

  private SvdRuns.SvdShape svdShape() {
    return large == null ? SvdRuns.SvdShape.standard() : SvdRuns.SvdShape.large(large);
  }

  private Path matrices() {
    return home.resolve("target/matrices").toAbsolutePath();
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
}
