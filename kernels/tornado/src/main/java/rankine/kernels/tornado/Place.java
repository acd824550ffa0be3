package rankine.kernels.tornado;

/**
 * A part of one of the resident arrays, given back when nothing refers to this object any more, or
 * at once by {@link Places#give}.
 */
final class Place {
  private final int at;

  Place(int at) {
    this.at = at;
  }

  /** Its first element. */
  int at() {
    return at;
  }
}
