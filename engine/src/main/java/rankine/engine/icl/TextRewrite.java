package rankine.engine.icl;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import rankine.common.TaskException;
import rankine.common.io.ReadLimitedText;

/**
 * Replacements in a text, one after the other, each of all its matches.
 *
 * @param rules the replacements, in order; none leave every text as it is
 */
record TextRewrite(List<Replacing> rules) {
  /** Changes nothing. */
  static final TextRewrite NONE = new TextRewrite(List.of());

  private static final int MAX_PATTERN_CHARS = 200;

  /**
   * One replacement.
   *
   * @param pattern what is replaced: a dot matches all but a line feed, as in Python
   * @param text what takes its place, as it is
   */
  record Replacing(Pattern pattern, String text) {
    /**
     * Compiles a pattern of {@link Pattern}, with Unicode's character classes.
     *
     * @throws IllegalArgumentException for a pattern that is malformed or too long
     */
    static Replacing of(String pattern, String text) {
      if (pattern.isEmpty() || pattern.length() > MAX_PATTERN_CHARS) {
        throw new IllegalArgumentException("one of " + pattern.length());
      }
      try {
        return new Replacing(
            Pattern.compile(pattern, Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS), text);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException("'%s': %s".formatted(pattern, e.getDescription()), e);
      }
    }
  }

  /** What a pattern must be, for messages. */
  static String expected() {
    return "a regular expression of 1 to " + MAX_PATTERN_CHARS + " characters";
  }

  /**
   * Returns {@code text} with all replacements made.
   *
   * @param where the text's row, for messages
   * @throws TaskException for a pattern that backtracks too often
   */
  String apply(String where, String text) {
    String rewritten = text;
    for (Replacing rule : rules) {
      rewritten = apply(where, rule, rewritten);
    }
    return rewritten;
  }

  private static String apply(String where, Replacing rule, String text) {
    try {
      return rule.pattern()
          .matcher(new ReadLimitedText(text, () -> tooCostly(where, rule, null)))
          .replaceAll(Matcher.quoteReplacement(rule.text()));
    } catch (StackOverflowError e) { // java.util.regex recurses for each repetition of a group.
      throw tooCostly(where, rule, e);
    }
  }

  private static TaskException tooCostly(String where, Replacing rule, Throwable cause) {
    return new TaskException(
        "%s: rewrite: expected a pattern that reads each character at most %d times, found '%s'"
            .formatted(where, ReadLimitedText.READS_PER_CHARACTER, rule.pattern()),
        cause);
  }
}
