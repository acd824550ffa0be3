package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.kernels.DType;

/**
 * Cost and time of a kernel.
 *
 * @param dtype type of its weights
 */
public record KernelTime(DType dtype, KernelCost cost, TimingResult timing) {

  /** Returns the operations per second at the median time. */
  public double flopsPerSecond() {
    return cost.flops() / timing.median();
  }

  /** Returns the bytes per second at the median time, from the minimum traffic. */
  public double bytesPerSecond() {
    return cost.bytes() / timing.median();
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("dtype", dtype.name());
    json.putObject("seconds")
        .put("median", timing.median())
        .put("lower_quartile", timing.lower())
        .put("upper_quartile", timing.upper())
        .put("repetitions", timing.repetitions())
        .put("calls_each", timing.calls())
        .put("notch", timing.notch());
    json.put("flops", cost.flops()).put("bytes", cost.bytes());
    json.put("flops_per_byte", cost.intensity());
    json.put("flops_per_second", flopsPerSecond());
    json.put("bytes_per_second", bytesPerSecond());
    return json;
  }
}
