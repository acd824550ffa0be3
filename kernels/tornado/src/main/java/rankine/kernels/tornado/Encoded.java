package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Op;

/**
 * A program whose rows are on the device, for the activations of one session. It holds on to the
 * program, and so to the places of its weights.
 *
 * @param at where its rows begin in the tables
 * @param numbers the floats of its rows
 * @param rotaryVersion of the tables of angles that its rows point to
 */
record Encoded(
    List<Op> program,
    List<Step> steps,
    List<Part> parts,
    int at,
    Place numbers,
    int rotaryVersion) {
  /** Steps that run as one graph. */
  record Part(int from, List<Step> steps) {}

  static List<Part> parts(List<Step> steps) {
    List<Part> parts = new ArrayList<>();
    int from = 0;
    for (int length : Step.parts(steps)) {
      parts.add(new Part(from, List.copyOf(steps.subList(from, from + length))));
      from += length;
    }
    return parts;
  }
}
