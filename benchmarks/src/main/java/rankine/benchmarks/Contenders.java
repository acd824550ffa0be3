package rankine.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who runs side by side. Each is asked {@code hello} first: a rival that is not there says {@code
 * skip} and why.
 *
 * @param threads for each of them
 * @param backend of our own workers
 * @param device of that backend
 * @param torchDevice of PyTorch: {@code cpu} or {@code cuda}
 * @param jvmFlags of our own workers
 * @param python the interpreter that has the rivals' packages
 * @param rivals the folder of their scripts
 */
record Contenders(
    int threads,
    String backend,
    int device,
    String torchDevice,
    List<String> jvmFlags,
    String python,
    Path rivals) {
  private static final String NOT_FETCHED = "not here; benchmarks/rivals/fetch brings it";

  /** Whether ours does not run on the processor. */
  boolean onDevice() {
    return backend.equals("tornado");
  }

  /** Rankine with a whole model. */
  Contender engine(Path model) {
    return java(
        jvmFlags, EngineWorker.class, List.of(backend, Integer.toString(device), model.toString()));
  }

  /** Rankine's linear layers, and the machine's limits. */
  Contender kernels() {
    return java(jvmFlags, KernelWorker.class, List.of(backend, Integer.toString(device)));
  }

  /** Rankine once, from load to end, with other flags. */
  Contender footprint(List<String> flags, Path model, int prefill, int decode) {
    return java(
        flags,
        Footprint.class,
        List.of(model.toString(), Integer.toString(prefill), Integer.toString(decode)));
  }

  /** PyTorch with a whole model. */
  Contender torch(Path model) {
    return python("PyTorch", "torch_gptj.py", List.of(torchDevice, model.toString()));
  }

  /** PyTorch's linear layers. */
  Contender torchLinear() {
    return python("PyTorch", "torch_gptj.py", List.of(torchDevice));
  }

  /** OpenBLAS's products. */
  Contender openBlas() {
    return python("OpenBLAS", "openblas.py", List.of());
  }

  /** llama.cpp with a whole model, which is a GGUF file. */
  Contender llamaCpp(Path gguf) {
    String label = "llama.cpp";
    return LlamaCpp.find(fetched().resolve("llama.cpp"))
        .map(library -> List.of(library.toString(), gguf.toString()))
        .map(arguments -> java(label, List.of(), LlamaCppWorker.class, arguments))
        .orElseGet(() -> Contender.missing(label, NOT_FETCHED));
  }

  /** Jlama with a whole model, on our JVM and with its own defaults. */
  Contender jlama(Path model) {
    Path jars = fetched().resolve("jlama");
    if (!Files.isDirectory(jars)) {
      return Contender.missing("Jlama", NOT_FETCHED);
    }
    List<String> command = jvm();
    // Its native kernels, where they are found, compute wrong logits for 8 rows and more.
    command.add("-Djlama.force_panama_tensor_operations=true");
    command.addAll(List.of("-cp", jars.resolve("*").toString()));
    command.add(rivals.resolve("JlamaWorker.java").toString());
    command.addAll(List.of(Integer.toString(threads), model.toString()));
    return new Contender("Jlama", command, Map.of());
  }

  /** Where {@code rivals/fetch} puts what it brings. */
  private Path fetched() {
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

  /** The running JVM, with what every program of the benchmarks needs. */
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
    // Threads that wait must not take the processor from the contender whose turn it is.
    return new Contender(
        label,
        command,
        Map.of(
            "OMP_NUM_THREADS",
            Integer.toString(threads),
            "OMP_WAIT_POLICY",
            "passive",
            "PYTHONDONTWRITEBYTECODE",
            "1"));
  }
}
