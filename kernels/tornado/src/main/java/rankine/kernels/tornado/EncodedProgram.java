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
record EncodedProgram(
    List<Op> program,
    List<DeviceOp> steps,
    List<GraphSegment> parts,
    int at,
    DeviceRange numbers,
    int rotaryVersion) {
  /** Steps that run as one graph. */
  record GraphSegment(int from, List<DeviceOp> steps) {}

  static List<GraphSegment> parts(List<DeviceOp> steps) {
    List<GraphSegment> parts = new ArrayList<>();
    int from = 0;
    for (int length : DeviceOp.parts(steps)) {
      parts.add(new GraphSegment(from, List.copyOf(steps.subList(from, from + length))));
      from += length;
    }
    return parts;
  }
}
