package rankine.kernels;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import rankine.kernels.cpu.CpuBackend;

/** The choice of a backend: made once, with its reason. */
public final class Backends {
  /** What {@code --backend tornado} needs. */
  private static final String TORNADO_MISSING =
      "backend tornado: expected its module on the class path, found none; this version has no GPU"
          + " backend yet, use --backend vector";

  /**
   * A backend and why it was chosen.
   *
   * @param reason one line for people
   */
  public record Choice(Backend backend, String reason) {}

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
  public static Choice open(String name, int threads, int device) {
    if (threads < 1) {
      throw new BackendException("threads: expected at least 1, found " + threads);
    }
    return switch (name) {
      case "scalar" -> new Choice(CpuBackend.scalar(threads), "asked for");
      case "vector" -> {
        Optional<String> missing = vectorMissing();
        if (missing.isPresent()) {
          throw new BackendException("backend vector: " + missing.get());
        }
        yield new Choice(CpuBackend.vector(threads), "asked for");
      }
      case "auto" -> {
        Optional<String> missing = vectorMissing();
        yield missing.isPresent()
            ? new Choice(CpuBackend.scalar(threads), "no vector backend: " + missing.get())
            : new Choice(CpuBackend.vector(threads), "the fastest on a CPU");
      }
      default ->
          new Choice(
              providers().stream()
                  .filter(p -> p.name().equals(name))
                  .findFirst()
                  .orElseThrow(() -> unknown(name))
                  .create(device),
              "asked for");
    };
  }

  /** Every backend that could be asked for. */
  public static List<Status> statuses() {
    List<Status> statuses = new ArrayList<>();
    statuses.add(new Status("scalar", true, "plain loops, the oracle of the others"));
    Optional<String> missing = vectorMissing();
    statuses.add(
        new Status("vector", missing.isEmpty(), missing.orElseGet(CpuBackend::vectorDescription)));
    List<String> provided = providers().stream().map(BackendProvider::name).toList();
    for (String name : provided) {
      statuses.add(new Status(name, true, "module present"));
    }
    if (!provided.contains("tornado")) {
      statuses.add(new Status("tornado", false, "not part of this version yet"));
    }
    return statuses;
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
      return new BackendException(TORNADO_MISSING);
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
