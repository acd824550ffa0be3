package rankine.tokenizer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.TokenizerException;

/** Finds the places of a pattern in text, from left to right, without overlap; never empty ones. */
sealed interface PatternFinder {
  /** Told of each place, in order. */
  interface MatchSink {
    void found(int from, int to);
  }

  void find(String text, MatchSink sink);

  /** {@code text} with {@code content} in each place. */
  default String replaceAll(String text, String content) {
    StringBuilder result = new StringBuilder(text.length());
    int[] end = {0};
    find(
        text,
        (from, to) -> {
          result.append(text, end[0], from).append(content);
          end[0] = to;
        });
    return result.append(text, end[0], text.length()).toString();
  }

  /** A string that is not empty. */
  record LiteralFinder(String string) implements PatternFinder {
    @Override
    public void find(String text, MatchSink sink) {
      int i = text.indexOf(string);
      while (i >= 0) {
        sink.found(i, i + string.length());
        i = text.indexOf(string, i + string.length());
      }
    }

    @Override
    public String replaceAll(String text, String content) {
      return text.replace(string, content);
    }
  }

  /**
   * A regular expression.
   *
   * @param source where it comes from, for messages
   */
  record RegexFinder(Pattern pattern, String source) implements PatternFinder {
    @Override
    public void find(String text, MatchSink sink) {
      Matcher matcher = pattern.matcher(new Bounded(text, source));
      while (matcher.find()) {
        sink.found(matcher.start(), matcher.end());
      }
    }
  }

  /** Text that may be looked at only so often: a pattern that backtracks without end is stopped. */
  final class Bounded implements CharSequence {
    private static final int LOOKS_PER_CHARACTER = 500;

    private final String text;
    private final String source;
    private long looks;

    private Bounded(String text, String source) {
      this.text = text;
      this.source = source;
      this.looks = 10_000L + (long) LOOKS_PER_CHARACTER * text.length();
    }

    @Override
    public char charAt(int index) {
      if (--looks < 0) {
        throw TokenizerException.of(
            source,
            "",
            "a pattern that looks at each character a few times",
            "one that looks more than " + LOOKS_PER_CHARACTER + " times");
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
