package rankine.kernels.tornado;

/**
 * A range of one of the resident arrays. It is freed when this object becomes unreachable, or at
 * once by {@link DeviceAllocator#free}.
 */
final class DeviceRange {
  private final int array;
  private final int offset;

  DeviceRange(int array, int offset) {
    this.array = array;
    this.offset = offset;
  }

  /** Index of its array among those of its element type. */
  int array() {
    return array;
  }

  /** Index of the first element in its array. */
  int offset() {
    return offset;
  }
}
