package rankine.engine.icl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import rankine.common.TaskException;
import rankine.engine.icl.TextRewrite.Replacing;

class TextRewriteTest {
  private static String rewritten(String text, String... pairs) {
    List<Replacing> rules = new java.util.ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      rules.add(Replacing.of(pairs[i], pairs[i + 1]));
    }
    return new TextRewrite(rules).apply("f.jsonl: row 1", text);
  }

  /** Expected values: Python's re.sub and str.replace. */
  @Test
  void replacesEveryMatchInOrder() {
    assertEquals("How to. Wash it", rewritten("How to [title] Wash it", " \\[title\\]", "."));
    assertEquals("a  b", rewritten("a [x] b", "\\[.*?\\]", ""));
    // A dot matches a carriage return and a line separator, but no line feed.
    assertEquals("ab[\n]", rewritten("a[\r\u2028]b[\n]", "\\[.*?\\]", ""));
    // Four spaces become two: matches do not overlap, and what is inserted is not read again.
    assertEquals("a  b c", rewritten("a    b  c", "  ", " "));
    assertEquals("$1\\x", rewritten("y", "(y)", "$1\\x"));
    assertEquals("a b", rewritten("\u00a0\n a b\u00a0", "\\A\\s+|\\s+\\z", ""));
    assertEquals("text", rewritten("text"));
  }

  @Test
  void aPatternThatBacktracksTooOftenIsStopped() {
    String text = "a".repeat(5_000) + "b";
    for (String pattern : List.of("(a+)+$", "(a|aa)+$", "(.|\\w)*c")) {
      TaskException e = assertThrows(TaskException.class, () -> rewritten(text, pattern, ""));
      assertEquals(
          "f.jsonl: row 1: rewrite: expected a pattern that reads each character at most 500 times,"
              + " found '"
              + pattern
              + "'",
          e.getMessage());
    }
  }

  @Test
  void aMalformedOrLongPatternIsRefused() {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Replacing.of("[a", ""))
            .getMessage()
            .startsWith("'[a': "));
    assertThrows(IllegalArgumentException.class, () -> Replacing.of("", ""));
    assertThrows(IllegalArgumentException.class, () -> Replacing.of("a".repeat(201), ""));
    assertEquals("b", rewritten("a".repeat(200) + "b", "a".repeat(200), ""));
  }
}
