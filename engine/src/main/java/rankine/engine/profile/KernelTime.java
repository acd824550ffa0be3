package rankine.engine.profile;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.kernels.DType;

/**
 * What a kernel costs and takes.
 *
 * @param dtype of its weights
 */
public record KernelTime(DType dtype, KernelCost cost, TimingResult timing) {

  /** Operations a second, at the median. */
  public double flopsPerSecond() {
    return cost.flops() / timing.median();
  }

  /** Bytes a second, at the median: of those that have to be moved. */
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
