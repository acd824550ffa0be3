package rankine.tokenizer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.TokenizerException;

/** Finds the matches of a pattern in text, from left to right; no match overlaps or is empty. */
sealed interface PatternFinder {
  /** Receives the matches in order. */
  interface MatchSink {
    void match(int from, int to);
  }

  void find(String text, MatchSink sink);

  /** Returns {@code text} with each match replaced by {@code content}. */
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

  /** Matches a string, which is not empty. */
  record LiteralFinder(String string) implements PatternFinder {
    @Override
    public void find(String text, MatchSink sink) {
      int i = text.indexOf(string);
      while (i >= 0) {
        sink.match(i, i + string.length());
        i = text.indexOf(string, i + string.length());
      }
    }

    @Override
    public String replaceAll(String text, String content) {
      return text.replace(string, content);
    }
  }

  /**
   * Matches a regular expression.
   *
   * @param source its file and key, for error messages
   */
  record RegexFinder(Pattern pattern, String source) implements PatternFinder {
    @Override
    public void find(String text, MatchSink sink) {
      Matcher matcher = pattern.matcher(new ReadLimitedText(text, source));
      while (matcher.find()) {
        sink.match(matcher.start(), matcher.end());
      }
    }
  }

  /** Text that limits the reads of its characters, to stop catastrophic backtracking. */
  final class ReadLimitedText implements CharSequence {
    private static final int READS_PER_CHARACTER = 500;

    private final String text;
    private final String source;
    private long readsLeft;

    private ReadLimitedText(String text, String source) {
      this.text = text;
      this.source = source;
      this.readsLeft = 10_000L + (long) READS_PER_CHARACTER * text.length();
    }

    @Override
    public char charAt(int index) {
      if (--readsLeft < 0) {
        throw TokenizerException.of(
            source,
            "",
            "a pattern that reads each character at most " + READS_PER_CHARACTER + " times",
            "more reads (catastrophic backtracking)");
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
