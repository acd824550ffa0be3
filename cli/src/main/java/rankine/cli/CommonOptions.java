package rankine.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import rankine.common.BackendException;
import rankine.common.io.Shown;
import rankine.engine.lowrank.FactorCache;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.kernels.Backends;

/** Options of every command. */
final class CommonOptions {
  /** Format of the results on stdout. */
  enum OutputFormat {
    /** Human-readable text. */
    TEXT,
    /** One JSON document. */
    JSON;

    /** As it is typed, in messages and completion. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One of the backends' names, whether or not this machine has it. */
  static final class BackendName implements ITypeConverter<String> {
    private static final List<String> NAMES = List.of("auto", "scalar", "vector", "tornado");

    @Override
    public String convert(String value) {
      if (!NAMES.contains(value)) {
        throw new TypeConversionException(
            "expected auto, scalar, vector or tornado, found '%s'".formatted(Shown.value(value)));
      }
      return value;
    }
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "Output: text, or json, which prints one JSON document on stdout and nothing else there"
              + " (default: text). prompts and tokenize print one document per line, in both.")
  OutputFormat format = OutputFormat.TEXT;

  @Option(
      names = "--backend",
      converter = BackendName.class,
      paramLabel = "NAME",
      description =
          "Compute backend: auto, scalar (plain loops), vector (SIMD by the Vector API) or tornado"
              + " (a GPU, by TornadoVM) (default: auto).")
  String backend = "auto";

  @Option(
      names = "--device",
      converter = RangeConverters.Natural.class,
      paramLabel = "I",
      description = "Device index of the tornado backend; doctor lists the devices (default: 0).")
  Integer device;

  @Option(
      names = "--threads",
      converter = RangeConverters.Threads.class,
      paramLabel = "N",
      description =
          "CPU threads (default: one per processor). Results are the same for every number.")
  int threads = BackendOptions.standard().threads();

  @Option(
      names = "--copy-weights",
      description =
          "Copy the weights into memory instead of mapping their files, which may then change"
              + " during the run (needs memory of their size).")
  boolean copyWeights;

  @Option(names = "--quiet", description = "Print no progress and no remarks on stderr.")
  boolean quiet;

  @Option(names = "--verbose", description = "On failure, also print the stack trace.")
  boolean verbose;

  BackendOptions backendOptions() {
    if (device != null) {
      checkDevice(device);
    }
    return new BackendOptions(backend, device == null ? 0 : device, threads, copyWeights);
  }

  /** Loads a model, and says what of its folder is not loaded. */
  LoadedModel open(Path model, FactorCache cache) {
    LoadedModel loaded;
    try (Progress _ = Progress.untold("opening the checkpoint", quiet)) {
      loaded = LoadedModel.open(model, backendOptions(), cache);
    }
    loaded.notes().forEach(this::remark);
    return loaded;
  }

  /** Refuses a device that no backend would use. */
  private void checkDevice(int index) {
    if (backend.equals("scalar") || backend.equals("vector")) {
      throw new UsageException(
          "--device: expected with --backend tornado or auto, found --backend " + backend);
    }
    if (backend.equals("auto") && Backends.devices().stream().noneMatch(d -> d.index() == index)) {
      throw new BackendException(
          "device: expected one that doctor lists, found %d and no such device".formatted(index));
    }
  }

  boolean json() {
    return format == OutputFormat.JSON;
  }

  /** Prints a line on stderr, unless {@code --quiet}. */
  void remark(String text) {
    if (!quiet) {
      System.err.println(Shown.line(text));
    }
  }
}
