package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final Duration NEVER = Duration.ofDays(1);

  private static final Pattern PERCENT = Pattern.compile("([0-9]+)%");

  @Test
  void workWithoutAFinishedUnitShowsItsName() throws InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    CountDownLatch shown = new CountDownLatch(1);
    Supplier<PrintStream> opened =
        () -> {
          shown.countDown();
          return terminal;
        };
    try (Progress _ = new Progress("reading", "", Optional.of(opened), Duration.ZERO)) {
      shown.await();
    }
    String line = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(line.contains("reading"), line);
    assertFalse(PERCENT.matcher(line).find(), line);
  }

  @Test
  void workThatEndsSoonShowsNothing() {
    try (Progress _ = new Progress("reading", "", Optional.of(() -> fail("shown")), NEVER)) {
      // There is nothing to do.
    }
  }

  /** A search computes the activations below the edit, then the rest: two passes over examples. */
  @Test
  void eachPassHasABarThatEndsFull() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (Progress progress =
        new Progress("validation", "examples", Optional.of(() -> terminal), NEVER)) {
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
