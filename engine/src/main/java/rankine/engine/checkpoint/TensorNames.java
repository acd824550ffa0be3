package rankine.engine.checkpoint;

import rankine.common.Text;

/** What may be a tensor's name. */
final class TensorNames {
  private TensorNames() {}

  /** Not empty and without a lone surrogate, which JSON can spell and UTF-8 cannot. */
  static boolean isText(String name) {
    return !name.isEmpty() && Text.isWellFormed(name);
  }
}
