package rankine.kernels;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import rankine.common.BackendException;
import rankine.kernels.cpu.CpuBackend;

/** Selects and opens a backend, and states the reason. */
public final class Backends {
  /** Message for a build without TornadoVM. */
  private static final String NOT_BUILT =
      "expected TornadoVM's SDK when Rankine was built, found none; install it (sdk install"
          + " tornadovm 5.2.0-jdk25-opencl), then start ./rankine again";

  /**
   * The selected backend.
   *
   * @param reason why it was selected, in one line
   */
  public record BackendChoice(Backend backend, String reason) {}

  /**
   * The state of a backend, as {@code doctor} prints it.
   *
   * @param usable whether {@link #open} can open it
   * @param detail the device, or what is missing
   */
  public record Status(String name, boolean usable, String detail) {}

  /** Limit of CPU threads: with many more than processors, a loop waits for the last to wake up. */
  public static final int MAX_THREADS = 1024;

  private Backends() {}

  /**
   * Opens a backend.
   *
   * @param name {@code auto}, {@code scalar}, {@code vector} or a provider's name
   * @param threads CPU threads, 1 to {@link #MAX_THREADS}
   * @param device index of the provider's device
   * @throws BackendException if the backend is unavailable
   */
  public static BackendChoice open(String name, int threads, int device) {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new BackendException(
          "threads: expected 1 to %d, found %d".formatted(MAX_THREADS, threads));
    }
    return switch (name) {
      case "scalar" -> new BackendChoice(CpuBackend.scalar(threads), "requested");
      case "vector" -> {
        Optional<String> missing = vectorMissing();
        if (missing.isPresent()) {
          throw new BackendException("backend vector: " + missing.get());
        }
        yield new BackendChoice(CpuBackend.vector(threads), "requested");
      }
      case "auto" -> fastest(threads, device);
      default ->
          new BackendChoice(
              providers().stream()
                  .filter(p -> p.name().equals(name))
                  .findFirst()
                  .orElseThrow(() -> unknown(name))
                  .create(device),
              "requested");
    };
  }

  /** Selects the faster CPU backend, unless a device measures faster. */
  private static BackendChoice fastest(int threads, int device) {
    BackendChoice best = cpu(threads);
    for (BackendProvider provider : providers()) {
      if (provider.missing().isEmpty()) {
        best = faster(best, provider, device);
      }
    }
    return best;
  }

  /**
   * Opens the faster of the CPU backends that this JVM has.
   *
   * @param threads CPU threads, 1 to {@link #MAX_THREADS}
   */
  public static BackendChoice cpu(int threads) {
    Optional<String> missing = vectorMissing();
    return missing.isPresent()
        ? new BackendChoice(CpuBackend.scalar(threads), "no vector backend: " + missing.get())
        : new BackendChoice(CpuBackend.vector(threads), "the fastest on a CPU");
  }

  private static BackendChoice faster(BackendChoice best, BackendProvider provider, int device) {
    Backend backend = best.backend();
    double limit = BackendBenchmark.seconds(backend);
    try {
      double seconds;
      try (Backend trial = provider.trial(device)) {
        seconds = BackendBenchmark.seconds(trial);
      }
      if (seconds < limit) {
        BackendChoice choice =
            new BackendChoice(provider.create(device), measured(backend.name(), limit, seconds));
        backend.close();
        return choice;
      }
      return new BackendChoice(backend, measured(provider.name(), seconds, limit));
    } catch (BackendException e) {
      return new BackendChoice(backend, e.getMessage());
    }
  }

  private static String measured(String slower, double slowerSeconds, double seconds) {
    return "measured faster than %s: %.1f ms against %.1f ms"
        .formatted(slower, seconds * 1e3, slowerSeconds * 1e3);
  }

  /** One device of a provider. */
  public record ProviderDevices(String backend, int index, BackendProvider.DeviceInfo device) {}

  /** All devices of all providers with nothing missing. */
  public static List<ProviderDevices> devices() {
    List<ProviderDevices> found = new ArrayList<>();
    for (BackendProvider provider : providers()) {
      if (provider.missing().isEmpty()) {
        List<BackendProvider.DeviceInfo> devices = provider.devices();
        for (int i = 0; i < devices.size(); i++) {
          found.add(new ProviderDevices(provider.name(), i, devices.get(i)));
        }
      }
    }
    return found;
  }

  /** The state of every backend. */
  public static List<Status> statuses() {
    List<Status> statuses = new ArrayList<>();
    statuses.add(new Status("scalar", true, "plain loops, the oracle of the others"));
    Optional<String> missing = vectorMissing();
    statuses.add(
        new Status("vector", missing.isEmpty(), missing.orElseGet(CpuBackend::vectorDescription)));
    List<BackendProvider> providers = providers();
    for (BackendProvider provider : providers) {
      Optional<String> absent = provider.missing();
      statuses.add(
          new Status(
              provider.name(), absent.isEmpty(), absent.orElseGet(() -> describe(provider))));
    }
    if (providers.stream().noneMatch(p -> p.name().equals("tornado"))) {
      statuses.add(new Status("tornado", false, NOT_BUILT));
    }
    return statuses;
  }

  private static String describe(BackendProvider provider) {
    int count = provider.devices().size();
    return provider.runtime() + (count == 1 ? ", 1 device" : ", " + count + " devices");
  }

  /** Returns why the vector backend is unavailable; empty if it is available. */
  private static Optional<String> vectorMissing() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.of(
          "expected the JVM flag --add-modules jdk.incubator.vector, found none"
              + " (./rankine sets it)");
    }
    return Optional.empty();
  }

  private static BackendException unknown(String name) {
    if (name.equals("tornado")) {
      return new BackendException("backend tornado: " + NOT_BUILT);
    }
    return new BackendException("backend: expected auto, scalar, vector or tornado, found " + name);
  }

  /** The providers whose classes load; others count as absent. */
  private static List<BackendProvider> providers() {
    List<BackendProvider> found = new ArrayList<>();
    Iterator<BackendProvider> services = ServiceLoader.load(BackendProvider.class).iterator();
    boolean more = true;
    while (more) {
      try {
        more = services.hasNext();
        if (more) {
          found.add(services.next());
        }
      } catch (ServiceConfigurationError | LinkageError e) {
        // This provider's runtime is not installed; the iterator continues with the next one.
        more = true;
      }
    }
    return found;
  }
}
