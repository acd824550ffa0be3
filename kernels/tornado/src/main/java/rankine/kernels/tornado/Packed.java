package rankine.kernels.tornado;

import rankine.kernels.Matrix;

/**
 * A matrix as it is on the device, line after line in its stored type; float32 for vectors of any
 * type. Its place is given when it is first used, and goes with this object.
 */
final class Packed {
  private final Matrix lines;
  private final int kind;
  private Place place;

  /**
   * What will be sent.
   *
   * @param lines contiguous rows
   * @param kind {@link Stored#F32} for what is widened on the way
   */
  Packed(Matrix lines, int kind) {
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
  Place place() {
    return place;
  }

  void place(Place given) {
    this.place = given;
  }
}
