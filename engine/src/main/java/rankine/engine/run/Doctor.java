package rankine.engine.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.common.BackendException;
import rankine.kernels.Backends;

/** A report on this machine's backends and devices, and on what a faster backend lacks. */
public final class Doctor {
  private Doctor() {}

  /** Returns the report; its {@code chosen} is the backend that {@code options} select. */
  public static ObjectNode report(BackendOptions options) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rankine", Versions.RANKINE);
    json.put("java", Versions.java());
    json.put("java_home", System.getProperty("java.home"));
    json.put("platform", Versions.platform());
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("max_heap_bytes", Runtime.getRuntime().maxMemory());
    try {
      Backends.BackendChoice choice =
          Backends.open(options.backend(), options.threads(), options.device());
      try (var backend = choice.backend()) {
        json.put("chosen", backend.name());
        json.put("device", backend.description());
        json.put("reason", choice.reason());
      }
    } catch (BackendException e) {
      json.putNull("chosen");
      json.put("reason", e.getMessage());
    }
    ArrayNode devices = json.putArray("devices");
    for (Backends.ProviderDevices found : Backends.devices()) {
      devices
          .addObject()
          .put("backend", found.backend())
          .put("index", found.index())
          .put("name", found.device().name())
          .put("driver", found.device().driver())
          .put("gpu", found.device().gpu())
          .put("memory_bytes", found.device().memoryBytes());
    }
    ArrayNode backends = json.putArray("backends");
    ArrayNode missing = json.putArray("missing");
    for (Backends.Status status : Backends.statuses()) {
      backends
          .addObject()
          .put("name", status.name())
          .put("usable", status.usable())
          .put("detail", status.detail());
      if (!status.usable()) {
        missing.add("backend " + status.name() + ": " + status.detail());
      }
    }
    return json;
  }
}
