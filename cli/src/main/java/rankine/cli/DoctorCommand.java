package rankine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import rankine.engine.run.Doctor;

/** {@code doctor}: what this machine can run, and what is missing. */
@Command(
    name = "doctor",
    sortOptions = false,
    description = "Report the JDK, vector width, backends and devices, and what is missing.")
final class DoctorCommand implements Callable<Integer> {
  @Mixin CommonOptions common;

  @Override
  public Integer call() {
    ObjectNode report = Doctor.report(common.backendOptions());
    if (common.json()) {
      StandardOutput.document(report);
      return 0;
    }
    var out = StandardOutput.stdout();
    report
        .properties()
        .forEach(
            e -> {
              if (e.getValue().isValueNode()) {
                out.printf("%-12s %s%n", e.getKey(), e.getValue().asText());
              }
            });
    for (var backend : (ArrayNode) report.get("backends")) {
      out.printf(
          "backend      %-8s %s: %s%n",
          backend.get("name").asText(),
          backend.get("usable").asBoolean() ? "yes" : "no ",
          backend.get("detail").asText());
    }
    for (var device : (ArrayNode) report.get("devices")) {
      out.printf(
          "device       %-8s %d: %s (%s), %.1f GB%n",
          device.get("backend").asText(),
          device.get("index").asInt(),
          device.get("name").asText(),
          device.get("driver").asText(),
          device.get("memory_bytes").asLong() / 1e9);
    }
    for (var missing : (ArrayNode) report.get("missing")) {
      out.println("missing      " + missing.asText());
    }
    return 0;
  }
}
