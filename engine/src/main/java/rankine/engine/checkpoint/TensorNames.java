package rankine.engine.checkpoint;

/** Checks tensor names. */
final class TensorNames {
  private TensorNames() {}

  /**
   * Returns whether a name is not empty and has no lone surrogate: JSON can encode one, UTF-8 not.
   */
  static boolean isText(String name) {
    return !name.isEmpty()
        && name.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }
}
