package rankine.engine.checkpoint;

import rankine.common.io.Text;

/** Checks tensor names. */
final class TensorNames {
  private TensorNames() {}

  /**
   * Returns whether a name is not empty and has no lone surrogate: JSON can encode one, UTF-8 not.
   */
  static boolean isText(String name) {
    return !name.isEmpty() && Text.isWellFormed(name);
  }
}
