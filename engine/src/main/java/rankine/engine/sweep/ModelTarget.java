package rankine.engine.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import rankine.common.EditException;
import rankine.engine.edit.Calibration.Sequential;
import rankine.engine.edit.EditMethod;
import rankine.engine.lowrank.PruningRate;

/**
 * The whole model, compressed by one method to several ratios.
 *
 * @param sequential whose inputs the method sees; {@link Sequential#NONE} for all but {@code asvd}
 *     and {@code whitened}
 */
public record ModelTarget(EditMethod method, Sequential sequential) implements EditTarget {
  /** Checks that the method reads the inputs of a compressed model. */
  public ModelTarget {
    if (sequential != Sequential.NONE
        && method != EditMethod.ASVD
        && method != EditMethod.WHITENED) {
      throw new EditException(
          "method: expected %s with asvd or whitened, found %s"
              .formatted(sequential.label(), method.label()));
    }
  }

  /**
   * Parses {@code whitened} or {@code whitened:block}.
   *
   * @throws EditException for any other text
   */
  public static ModelTarget parse(String text) {
    int colon = text.indexOf(':');
    return colon < 0
        ? new ModelTarget(EditMethod.of(text), Sequential.NONE)
        : new ModelTarget(
            EditMethod.of(text.substring(0, colon)), sequential(text.substring(colon + 1)));
  }

  private static Sequential sequential(String label) {
    return Arrays.stream(Sequential.values())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new EditException(
                    "method: expected none, block or group after the colon, found '"
                        + label
                        + "'"));
  }

  @Override
  public String axis() {
    return "ratio";
  }

  @Override
  public String at(PruningRate rate) {
    return this + " at ratio " + rate;
  }

  /** Adds {@code method}, in the form that {@link #parse} reads. */
  @Override
  public void addTo(ObjectNode json) {
    json.put("method", toString());
  }

  @Override
  public String toString() {
    return method.label() + (sequential == Sequential.NONE ? "" : ":" + sequential.label());
  }
}
