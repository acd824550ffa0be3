package rankine.engine.checkpoint;

/** What may be a tensor's name. */
final class TensorNames {
  private TensorNames() {}

  /** Not empty and without a lone surrogate, which JSON can spell and UTF-8 cannot. */
  static boolean isText(String name) {
    return !name.isEmpty()
        && name.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
  }
}
