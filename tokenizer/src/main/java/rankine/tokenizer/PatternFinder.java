package rankine.tokenizer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import rankine.common.TokenizerException;
import rankine.common.io.ReadLimitedText;

/** Finds the matches of a pattern in text, from left to right; no match overlaps or is empty. */
sealed interface PatternFinder {
  /** Receives the matches in order. */
  interface MatchSink {
    void match(int from, int to);
  }

  default void find(String text, MatchSink sink) {
    find(text, 0, sink);
  }

  /** Finds the matches from {@code from} on, the end of one match or 0. */
  void find(String text, int from, MatchSink sink);

  /** Returns the end of the last match that is found whatever follows {@code text}; 0 for none. */
  int settled(String text);

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
    public void find(String text, int from, MatchSink sink) {
      int i = text.indexOf(string, from);
      while (i >= 0) {
        sink.match(i, i + string.length());
        i = text.indexOf(string, i + string.length());
      }
    }

    @Override
    public int settled(String text) {
      int[] end = {0};
      find(text, (from, to) -> end[0] = to);
      return end[0];
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
    public void find(String text, int from, MatchSink sink) {
      Matcher matcher = pattern.matcher(limited(text));
      // A pattern may look at what is before the first match, as it does before the others.
      matcher.useTransparentBounds(true).useAnchoringBounds(false).region(from, text.length());
      while (matcher.find()) {
        sink.match(matcher.start(), matcher.end());
      }
    }

    private ReadLimitedText limited(String text) {
      return new ReadLimitedText(
          text,
          () ->
              TokenizerException.of(
                  source,
                  "",
                  "a pattern that reads each character at most "
                      + ReadLimitedText.READS_PER_CHARACTER
                      + " times",
                  "more reads (catastrophic backtracking)"));
    }

    // What these methods are for: more text may come.
    @SuppressWarnings("JdkObsolete")
    @Override
    public int settled(String text) {
      Matcher matcher = pattern.matcher(limited(text));
      int end = 0;
      while (matcher.find() && !matcher.hitEnd() && !matcher.requireEnd()) {
        end = matcher.end();
      }
      return end;
    }
  }
}
