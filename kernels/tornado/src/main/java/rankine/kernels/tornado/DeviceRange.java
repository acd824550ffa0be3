package rankine.kernels.tornado;

/**
 * A range of one of the resident arrays. It is freed when this object becomes unreachable, or at
 * once by {@link DeviceAllocator#free}.
 */
final class DeviceRange {
  private final int offset;

  DeviceRange(int offset) {
    this.offset = offset;
  }

  /** Index of the first element in its array. */
  int offset() {
    return offset;
  }
}
