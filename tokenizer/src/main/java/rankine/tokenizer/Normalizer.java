package rankine.tokenizer;

import java.text.Normalizer.Form;
import java.util.List;

/** Rewrites text before pre-tokenization. The semantics are those of Hugging Face tokenizers. */
sealed interface Normalizer {
  /** Normalizes {@code text}. Well-formed Unicode stays well-formed. */
  String apply(String text);

  /** Applies the parts in order; without parts, the identity. */
  record NormalizerSequence(List<Normalizer> parts) implements Normalizer {
    public NormalizerSequence {
      parts = List.copyOf(parts);
    }

    @Override
    public String apply(String text) {
      String result = text;
      for (Normalizer part : parts) {
        result = part.apply(result);
      }
      return result;
    }
  }

  /** A Unicode normalization form. */
  record Unicode(Form form) implements Normalizer {
    @Override
    public String apply(String text) {
      return java.text.Normalizer.normalize(CombiningMarks.sortMarks(text, form), form);
    }
  }

  /** Puts {@code prefix} before text that is not empty. */
  record Prepend(String prefix) implements Normalizer {
    @Override
    public String apply(String text) {
      return text.isEmpty() ? text : prefix + text;
    }
  }

  /** Replaces each match with {@code content}. */
  record ReplaceNormalizer(PatternFinder finder, String content) implements Normalizer {
    @Override
    public String apply(String text) {
      return finder.replaceAll(text, content);
    }
  }

  /** Lower-cases each character on its own: a final sigma gets no special treatment. */
  record Lowercase() implements Normalizer {
    @Override
    public String apply(String text) {
      StringBuilder result = new StringBuilder(text.length());
      text.codePoints()
          .forEach(
              c -> {
                if (c == 0x130) {
                  result.append("i\u0307");
                } else {
                  result.appendCodePoint(Character.toLowerCase(c));
                }
              });
      return result.toString();
    }
  }

  /** Strips white space from the ends. */
  record StripNormalizer(boolean left, boolean right) implements Normalizer {
    @Override
    public String apply(String text) {
      int from = 0;
      int to = text.length();
      while (left && from < to && WhiteSpace.is(text.charAt(from))) {
        from++;
      }
      while (right && to > from && WhiteSpace.is(text.charAt(to - 1))) {
        to--;
      }
      return text.substring(from, to);
    }
  }
}
