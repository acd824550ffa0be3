package rankine.kernels;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import rankine.common.BackendException;
import rankine.kernels.cpu.CpuBackend;

/** The choice of a backend: made once, with its reason. */
public final class Backends {
  /** What a build without TornadoVM lacks. */
  private static final String NOT_BUILT =
      "expected TornadoVM's SDK when Rankine was built, found none; install it (sdk install"
          + " tornadovm 5.2.0-jdk25-opencl), then start ./rankine again";

  /**
   * A backend and why it was chosen.
   *
   * @param reason one line for people
   */
  public record BackendChoice(Backend backend, String reason) {}

  /**
   * What {@code doctor} says of a backend.
   *
   * @param usable whether {@link #open} would give it
   * @param detail the device, or what is missing
   */
  public record Status(String name, boolean usable, String detail) {}

  private Backends() {}

  /**
   * Opens a backend.
   *
   * @param name {@code auto}, {@code scalar}, {@code vector} or a provider's name
   * @param threads CPU threads
   * @param device which device of a provider's backend
   * @throws BackendException if it cannot be had
   */
  public static BackendChoice open(String name, int threads, int device) {
    if (threads < 1) {
      throw new BackendException("threads: expected at least 1, found " + threads);
    }
    return switch (name) {
      case "scalar" -> new BackendChoice(CpuBackend.scalar(threads), "asked for");
      case "vector" -> {
        Optional<String> missing = vectorMissing();
        if (missing.isPresent()) {
          throw new BackendException("backend vector: " + missing.get());
        }
        yield new BackendChoice(CpuBackend.vector(threads), "asked for");
      }
      case "auto" -> fastest(threads, device);
      default ->
          new BackendChoice(
              providers().stream()
                  .filter(p -> p.name().equals(name))
                  .findFirst()
                  .orElseThrow(() -> unknown(name))
                  .create(device),
              "asked for");
    };
  }

  /** The best of the CPU, unless a device was measured to be faster. */
  private static BackendChoice fastest(int threads, int device) {
    Optional<String> missing = vectorMissing();
    BackendChoice best =
        missing.isPresent()
            ? new BackendChoice(CpuBackend.scalar(threads), "no vector backend: " + missing.get())
            : new BackendChoice(CpuBackend.vector(threads), "the fastest on a CPU");
    for (BackendProvider provider : providers()) {
      if (provider.missing().isEmpty()) {
        best = faster(best, provider, device);
      }
    }
    return best;
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

  private static String measured(String other, double others, double seconds) {
    return "measured faster than %s: %.1f ms against %.1f ms"
        .formatted(other, seconds * 1e3, others * 1e3);
  }

  /** The devices of a provider, with its name. */
  public record ProviderDevices(String backend, int index, BackendProvider.DeviceInfo device) {}

  /** Every device of every provider that has what it needs. */
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

  /** Every backend that could be asked for. */
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

  /** Why there is no vector backend, if so. */
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

  /** Providers whose classes load; the others count as absent. */
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
        // A provider whose runtime is not installed: the iterator goes on behind it.
        more = true;
      }
    }
    return found;
  }
}
