package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CombiningMarksTest {
  /** All combining marks, and the two letters that decompose to marks in the K forms. */
  private static final List<Integer> MARKS =
      IntStream.concat(
              IntStream.range(0x300, 0x1F000).filter(c -> Character.toString(c).matches("\\p{M}")),
              IntStream.of(0xFF9E, 0xFF9F))
          .boxed()
          .toList();

  @ParameterizedTest
  @EnumSource(Form.class)
  void sortingKeepsTheNormalizedForm(Form form) {
    Random random = new Random(6);
    int changed = 0;
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder("x\u00e9");
      for (int n = 50 + random.nextInt(150); n > 0; n--) {
        text.appendCodePoint(MARKS.get(random.nextInt(MARKS.size())));
        if (random.nextInt(100) == 0) {
          text.append("a\u1100");
        }
      }
      String raw = text.toString();
      String ordered = CombiningMarks.sortMarks(raw, form);
      changed += ordered.equals(raw) ? 0 : 1;
      assertEquals(Normalizer.normalize(raw, form), Normalizer.normalize(ordered, form));
    }
    assertNotEquals(0, changed);
  }
}
