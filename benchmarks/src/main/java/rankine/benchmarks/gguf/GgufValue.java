package rankine.benchmarks.gguf;

/** A value of a GGUF file's metadata: those of its types that we write. */
sealed interface GgufValue {
  /** UTF-8 text. */
  record GgufText(String text) implements GgufValue {}

  /** An unsigned number of 32 bits. */
  record GgufCount(int count) implements GgufValue {
    public GgufCount {
      if (count < 0) {
        throw new IllegalArgumentException("count: expected 0 or more, found " + count);
      }
    }
  }

  /** A binary32. */
  record GgufReal(float real) implements GgufValue {}
}
