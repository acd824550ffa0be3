package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final Pattern PERCENT = Pattern.compile("([0-9]+)%");

  /** A search computes the activations below the edit, then the rest: two passes over examples. */
  @Test
  void eachPassHasABarThatEndsFull() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (Progress progress = new Progress("validation", "examples", Optional.of(() -> terminal))) {
      for (int pass = 0; pass < 2; pass++) {
        for (int done : new int[] {32, 600, 1000}) {
          progress.progress(done, 1000);
        }
      }
    }
    String shown = bytes.toString(StandardCharsets.UTF_8);
    List<Integer> percents =
        PERCENT.matcher(shown).results().map(found -> Integer.valueOf(found.group(1))).toList();
    assertEquals(100, percents.getLast(), shown);
    assertTrue(percents.stream().filter(percent -> percent == 100).count() >= 2, shown);
  }
}
