package rankine.benchmarks;

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

  private Contender java(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(flags);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            Integer.toString(threads)));
    command.addAll(arguments);
    return new Contender("Rankine", command, Map.of());
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
