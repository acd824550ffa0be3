package rankine.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The environment of a measurement: processor, memory, system, JVM, load. */
final class Machine {
  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

  private Machine() {}

  /** Returns the facts for the report, by name. */
  static Map<String, String> describe() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "processor", field("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")));
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("vector extensions", extensions());
    facts.put("last-level cache", (lastLevelCache() >> 20) + " MiB");
    facts.put("memory", field("/proc/meminfo", "MemTotal").orElse("unknown"));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("JVM", jvm());
    facts.put("load average at the start", loadAverage());
    return facts;
  }

  /** Returns the running JVM's name and version. */
  static String jvm() {
    return System.getProperty("java.vm.name") + " " + Runtime.version();
  }

  /** Returns the load averages over 1, 5 and 15 minutes. */
  static String loadAverage() {
    List<String> lines = lines("/proc/loadavg");
    return lines.isEmpty() ? "unknown" : lines.getFirst().replaceFirst("^(\\S+ \\S+ \\S+).*", "$1");
  }

  /**
   * Returns the busy ticks of all processors, including time stolen by other virtual machines; 0 if
   * the system does not report them.
   */
  static long busyTicks() {
    List<String> lines = lines("/proc/stat");
    if (lines.isEmpty()) {
      return 0;
    }
    // cpu user nice system idle iowait irq softirq steal …; man 5 proc_stat
    String[] fields = lines.getFirst().split(" +", -1);
    long busy = 0;
    for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
      busy += Long.parseLong(fields[i]);
    }
    return busy;
  }

  /** Returns the bytes of the largest cache; 32 MiB if the system does not report it. */
  static long lastLevelCache() {
    long largest = 0;
    for (int i = 0; i < 8; i++) {
      List<String> size = lines(CACHES.resolve("index" + i).resolve("size").toString());
      if (!size.isEmpty() && size.getFirst().endsWith("K")) {
        String kib = size.getFirst().substring(0, size.getFirst().length() - 1);
        largest = Math.max(largest, Long.parseLong(kib) << 10);
      }
    }
    return largest == 0 ? 32L << 20 : largest;
  }

  /** Returns a size in bytes from {@code /proc/self/status}, e.g. VmHWM, the peak resident set. */
  static long statusBytes(String key) {
    String value =
        field("/proc/self/status", key)
            .orElseThrow(() -> new IllegalStateException("/proc/self/status: " + key + " missing"));
    return Long.parseLong(value.replace(" kB", "")) << 10;
  }

  private static String extensions() {
    String flags = " " + field("/proc/cpuinfo", "flags").orElse("") + " ";
    List<String> known = List.of("avx2", "fma", "f16c", "avx512f", "avx512_bf16", "avx512_fp16");
    return String.join(" ", known.stream().filter(f -> flags.contains(" " + f + " ")).toList());
  }

  private static Optional<String> field(String file, String key) {
    return lines(file).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      return List.of();
    }
  }
}
