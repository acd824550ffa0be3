package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.TokenizerException;

class OnigurumaPatternTest {
  @Test
  void whiteSpaceIsUnicodeWhiteSpace() {
    Pattern space = compile("\\s");
    for (String yes : new String[] {" ", "\t", "\u000b", "\u0085", "\u00a0", "\u2028", "\u3000"}) {
      assertTrue(space.matcher(yes).matches(), () -> "U+" + Integer.toHexString(yes.charAt(0)));
      assertTrue(WhiteSpace.is(yes.charAt(0)));
    }
    for (String no : new String[] {"a", "\u200b", "\ufeff", "\u180e", "\u001c"}) {
      assertFalse(space.matcher(no).matches(), () -> "U+" + Integer.toHexString(no.charAt(0)));
      assertFalse(WhiteSpace.is(no.charAt(0)));
    }
  }

  @Test
  void classesAndCaseFoldingAreUnicode() {
    assertTrue(compile("\\p{L}+").matcher("a\u00e9\u4e2d\u05d0\ud835\udcb3").matches());
    assertTrue(compile("\\p{N}+").matcher("1\u0661\u2167\u00bd\u00b2").matches());
    assertTrue(compile("\\d+").matcher("1\u0661").matches());
    assertFalse(compile("\\d").matcher("\u00b2").matches());
    assertTrue(compile("(?i:'s)").matcher("'\u017f").matches());
    assertFalse(compile("'s").matcher("'S").matches());
    assertTrue(compile("[^\\s\\p{L}\\p{N}]+").matcher("\ud83d\ude00\u0301!").matches());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a*",
        "a?",
        "(?:)",
        "a|",
        "(?=a)",
        "\\s+(?!\\S)|", // match the empty string
        "(a|b)+",
        "(a)*b",
        "(?:ab){2,}",
        "(?:a?){3}b", // need a stack that grows with the text
        ".",
        "^a",
        "a$",
        "\\bx",
        "\\w",
        "\\h",
        "\\1a",
        "(?<n>a)",
        "(?<=a)b",
        "(?x:a)",
        "\\Ga",
        "[[:alpha:]]",
        "[a&&b]",
        "[a[b]]",
        "\\p{Foo}",
        "\\p{Alpha}",
        "\\pL",
        "a**",
        "a{2}{3}",
        "a{2",
        "a{3,2}",
        "a{99999}",
        "{2}",
        "*a",
        "+",
        "(",
        ")",
        "(a",
        "a)",
        "[",
        "[]",
        "[a",
        "[z-a]",
        "\\",
        "(?i:ss)",
        "(?i:\u00df)",
        "(?i:\\p{Lu})",
        "(?i:[^a])",
        "\\x41"
      })
  void unsupportedSyntaxIsRefused(String regex) {
    TokenizerException e = assertThrows(TokenizerException.class, () -> compile(regex));
    assertTrue(e.getMessage().startsWith("tokenizer.json: key: expected "), e.getMessage());
  }

  @Test
  void randomPatternsCompileOrThrowTokenizerException() {
    String alphabet = "()[]{}|?*+\\^-:!=iapLsdN12, \u00e9\ud83d\ude00";
    Random random = new Random(4);
    int compiled = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder regex = new StringBuilder();
      for (int n = random.nextInt(8); n >= 0; n--) {
        regex.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        assertFalse(compile(regex.toString()).matcher("").matches(), regex.toString());
        compiled++;
      } catch (TokenizerException e) {
        assertEquals(1, e.getMessage().lines().count());
      }
    }
    assertTrue(compiled > 100);
  }

  @Test
  void catastrophicBacktrackingIsStopped() {
    PatternFinder finder =
        PatternFinderJson.regex(
            "tokenizer.json", "key", "\\p{L}*\\p{L}*\\p{L}*\\p{L}*\\p{L}*\\p{L}*!");
    TokenizerException e =
        assertThrows(
            TokenizerException.class, () -> finder.find("a".repeat(1000), (from, to) -> {}));
    assertTrue(e.getMessage().startsWith("tokenizer.json: key: expected a pattern that"));
  }

  private static Pattern compile(String regex) {
    return OnigurumaPattern.compile("tokenizer.json", "key", regex);
  }
}
