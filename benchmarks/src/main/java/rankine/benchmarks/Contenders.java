package rankine.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The engines of a benchmark run. Each answers {@code hello} first; a rival that is not installed
 * answers {@code skip} with the reason.
 *
 * @param threads CPU threads of each
 * @param backend of the Rankine workers
 * @param device index on that backend
 * @param torchDevice of PyTorch: {@code cpu} or {@code cuda}
 * @param jvmFlags of the Rankine workers
 * @param python interpreter with the packages of the Python rivals
 * @param rivals folder of the rivals' scripts
 */
record Contenders(
    int threads,
    String backend,
    int device,
    String torchDevice,
    List<String> jvmFlags,
    String python,
    Path rivals) {
  private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

  /** Debian's libopenblas0-openmp. */
  private static final Path OPENMP = Path.of("/usr/lib/x86_64-linux-gnu/openblas-openmp");

  /** Device memory for decompositions of 4096 × 16384 and for attention. */
  private static final long KERNEL_MEMORY = 6L << 30;

  private static final String NOT_INSTALLED = "not installed; run benchmarks/rivals/fetch";

  /** Returns whether Rankine runs on an accelerator. */
  boolean onDevice() {
    return backend.equals("tornado");
  }

  /** Rankine running a whole model. */
  Contender engine(Path model) {
    return java(
        withMemory(5 * bytes(model.resolve("model.safetensors")) / 4 + (4L << 30)),
        EngineWorker.class,
        List.of(backend, Integer.toString(device), model.toString()));
  }

  /** Rankine running single kernels and the machine's limits. */
  Contender kernels() {
    return kernels(KERNEL_MEMORY);
  }

  /** The same, with this much memory of a device that it shares with PyTorch. */
  Contender kernels(long deviceBytes) {
    return java(
        withMemory(deviceBytes), KernelWorker.class, List.of(backend, Integer.toString(device)));
  }

  /**
   * The JVM flags with a limit of the device's memory: what the launcher's variable says, or {@code
   * bytes} where PyTorch needs the rest of it. Rankine would take most of the memory by default.
   */
  private List<String> withMemory(long bytes) {
    String given = System.getenv("RANKINE_DEVICE_MEMORY");
    if (!onDevice() || (given == null && torchDevice.equals("cpu"))) {
      return jvmFlags;
    }
    List<String> flags = new ArrayList<>(jvmFlags);
    flags.add("-Drankine.device.memory=" + (given == null ? (bytes >> 20) + "m" : given));
    return flags;
  }

  private static long bytes(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Rankine running once from load to exit, with the given JVM flags. */
  Contender footprint(List<String> flags, Path model, int prefill, int decode) {
    return java(
        flags,
        Footprint.class,
        List.of(model.toString(), Integer.toString(prefill), Integer.toString(decode)));
  }

  /** PyTorch running a whole model. */
  Contender torch(Path model) {
    return python("PyTorch", "torch_gptj.py", List.of(torchDevice, model.toString()));
  }

  /** PyTorch running a whole model in a precision; named after it. */
  Contender torch(Path model, TorchPrecision precision) {
    return python(
        "PyTorch " + precision,
        "torch_gptj.py",
        List.of(torchDevice, model.toString(), precision.name()));
  }

  /** PyTorch running single kernels. */
  Contender torchLinear() {
    return python("PyTorch", "torch_gptj.py", List.of(torchDevice));
  }

  /**
   * PyTorch running single kernels with OpenBLAS's OpenMP build, where it is installed: with its
   * threads, not those of the pthreads build beside PyTorch's own, products are fastest.
   */
  Contender torchOpenMp() {
    Contender torch = torchLinear();
    if (!Files.isDirectory(OPENMP)) {
      return torch;
    }
    Map<String, String> environment = new LinkedHashMap<>(torch.environment());
    environment.put("LD_LIBRARY_PATH", OPENMP.toString());
    environment.remove(WAIT_POLICY); // passive waiting slows that build down
    return new Contender(torch.label(), torch.command(), environment);
  }

  /** OpenBLAS running GEMM and GEMV. */
  Contender openBlas() {
    return python("OpenBLAS", "openblas.py", List.of());
  }

  /**
   * llama.cpp running a whole model, given as a GGUF file: the library that was compiled on this
   * machine with its server, if it is there. On an AMD EPYC its prefill is twice as fast as with
   * the packaged one.
   */
  Contender llamaCpp(Path gguf) {
    String label = "llama.cpp";
    return LlamaCpp.find(rivalsFolder().resolve("llama-server/build/bin"))
        .or(() -> LlamaCpp.find(rivalsFolder().resolve("llama.cpp")))
        .map(library -> List.of(library.toString(), gguf.toString()))
        .map(arguments -> java(label, List.of(), LlamaCppWorker.class, arguments))
        .orElseGet(() -> Contender.missing(label, NOT_INSTALLED));
  }

  /** Rankine's server, as the launcher starts it. */
  Contender server(Path model) {
    return server(
        "Rankine",
        List.of(
            rivals.resolveSibling("../rankine").normalize().toString(),
            "serve",
            "--model",
            model.toString(),
            "--port",
            "{port}",
            "--backend",
            backend,
            "--threads",
            Integer.toString(threads),
            "--parallel",
            Integer.toString(ServerRuns.MOST_CLIENTS),
            "--context",
            Integer.toString(ServerRuns.CONTEXT),
            "--quiet"));
  }

  /** llama.cpp's server, of a model given as a GGUF file. */
  Contender llamaServer(Path gguf) {
    String label = "llama.cpp";
    Path server = rivalsFolder().resolve("llama-server/build/bin/llama-server");
    if (!Files.isExecutable(server)) {
      return Contender.missing(label, NOT_INSTALLED);
    }
    return server(
        label,
        List.of(
            server.toString(),
            "--model",
            gguf.toString(),
            "--port",
            "{port}",
            "--threads",
            Integer.toString(threads),
            "--parallel",
            Integer.toString(ServerRuns.MOST_CLIENTS),
            "--ctx-size",
            Integer.toString(ServerRuns.MOST_CLIENTS * ServerRuns.CONTEXT)));
  }

  private Contender server(String label, List<String> command) {
    List<String> arguments = new ArrayList<>(List.of(label));
    arguments.addAll(command);
    return java(label, List.of(), ServerWorker.class, arguments);
  }

  /** Jlama running a whole model, on the same JVM with its own defaults. */
  Contender jlama(Path model) {
    Path jars = rivalsFolder().resolve("jlama");
    if (!Files.isDirectory(jars)) {
      return Contender.missing("Jlama", NOT_INSTALLED);
    }
    List<String> command = jvm();
    // Its native kernels compute wrong logits for 8 rows and more.
    command.add("-Djlama.force_panama_tensor_operations=true");
    command.addAll(List.of("-cp", jars.resolve("*").toString()));
    command.add(rivals.resolve("JlamaWorker.java").toString());
    command.addAll(List.of(Integer.toString(threads), model.toString()));
    return new Contender("Jlama", command, Map.of());
  }

  /** The folder that {@code rivals/fetch} fills. */
  private Path rivalsFolder() {
    return rivals.resolveSibling("target").resolve("rivals");
  }

  private Contender java(List<String> flags, Class<?> main, List<String> arguments) {
    return java("Rankine", flags, main, arguments);
  }

  private Contender java(String label, List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = jvm();
    command.addAll(flags);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            Integer.toString(threads)));
    command.addAll(arguments);
    return new Contender(label, command, Map.of());
  }

  /** The running JVM with the flags that every Java worker needs. */
  private static List<String> jvm() {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED"));
  }

  private Contender python(String label, String script, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(python);
    command.add(rivals.resolve(script).toString());
    command.add(Integer.toString(threads));
    command.addAll(arguments);
    // Waiting threads must not spin on the processors of the contender that is being measured.
    return new Contender(
        label,
        command,
        Map.of(
            "OMP_NUM_THREADS",
            Integer.toString(threads),
            WAIT_POLICY,
            "passive",
            "PYTHONDONTWRITEBYTECODE",
            "1"));
  }
}
