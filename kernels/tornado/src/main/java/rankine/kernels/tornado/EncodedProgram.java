package rankine.kernels.tornado;

import java.util.ArrayList;
import java.util.List;
import rankine.kernels.Op;

/**
 * A program encoded in the device tables, for the activations of one session. It references the
 * program and so keeps the device ranges of its weights alive.
 *
 * @param offset offset of its rows in the tables
 * @param scalars the float parameters of its rows
 * @param rotaryVersion version of the rotary tables that its rows point to
 */
record EncodedProgram(
    List<Op> program,
    List<DeviceOp> deviceOps,
    List<GraphSegment> segments,
    int offset,
    DeviceRange scalars,
    int rotaryVersion) {
  /** Operations that run as one graph. */
  record GraphSegment(int from, List<DeviceOp> deviceOps) {}

  /** All operations. */
  GraphSegment whole() {
    return new GraphSegment(0, deviceOps);
  }

  static List<GraphSegment> segments(List<DeviceOp> deviceOps) {
    List<GraphSegment> segments = new ArrayList<>();
    int from = 0;
    for (List<DeviceOp> segment : DeviceProgram.segments(deviceOps)) {
      segments.add(new GraphSegment(from, segment));
      from += segment.size();
    }
    return segments;
  }
}
