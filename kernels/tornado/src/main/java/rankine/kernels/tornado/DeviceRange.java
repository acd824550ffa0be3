package rankine.kernels.tornado;

/**
 * A part of one of the resident arrays, given back when nothing refers to this object any more, or
 * at once by {@link DeviceAllocator#give}.
 */
final class DeviceRange {
  private final int at;

  DeviceRange(int at) {
    this.at = at;
  }

  /** Its first element. */
  int at() {
    return at;
  }
}
