package rankine.kernels.tornado;

import rankine.kernels.Matrix;

/**
 * A matrix as it is on the device, line after line in its stored type; float32 for vectors of any
 * type. Its place is given when it is first used, and goes with this object.
 */
final class PackedMatrix {
  private final Matrix lines;
  private final int kind;
  private DeviceRange place;

  /**
   * What will be sent.
   *
   * @param lines contiguous rows
   * @param kind {@link WeightLoads#F32} for what is widened on the way
   */
  PackedMatrix(Matrix lines, int kind) {
    this.lines = lines;
    this.kind = kind;
  }

  Matrix lines() {
    return lines;
  }

  int kind() {
    return kind;
  }

  long elements() {
    return TornadoMatrix.elements(lines);
  }

  /** Null until it has been sent. */
  DeviceRange place() {
    return place;
  }

  void place(DeviceRange given) {
    this.place = given;
  }
}
