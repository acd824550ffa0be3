package rankine.benchmarks.gguf;

import java.util.List;

/** A metadata value of a GGUF file, of the types that are written here. */
sealed interface GgufValue {
  /** UTF-8 text. */
  record GgufText(String text) implements GgufValue {}

  /** An unsigned 32-bit integer. */
  record GgufCount(int count) implements GgufValue {
    public GgufCount {
      if (count < 0) {
        throw new IllegalArgumentException("count: expected 0 or more, found " + count);
      }
    }
  }

  /** Texts in their order. */
  record GgufTexts(List<String> texts) implements GgufValue {
    public GgufTexts {
      texts = List.copyOf(texts);
    }
  }

  /** A float32. */
  record GgufReal(float real) implements GgufValue {}
}
