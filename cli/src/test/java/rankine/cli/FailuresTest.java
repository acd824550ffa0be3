package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Failures whose cause is not the input. */
class FailuresTest {
  @Test
  void outOfMemoryNamesTheHeapVariable() {
    String line = Failures.describe(new OutOfMemoryError("Java heap space"));
    assertTrue(line.contains("RANKINE_HEAP"), line);
    assertTrue(line.contains("MiB"), line);
  }

  @Test
  void messagesOfSeveralLinesBecomeOne() {
    assertEquals(
        "IOException: a b", Failures.describe(new UncheckedIOException(new IOException("a\r\nb"))));
    assertTrue(Failures.describe(new IllegalStateException("a\nb")).startsWith("internal error"));
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() {
    PrintStream out = System.out;
    PrintStream full =
        new PrintStream(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("no space left");
              }
            },
            true,
            StandardCharsets.UTF_8);
    try {
      System.setOut(full);
      assertEquals(1, Main.run("doctor"));
    } finally {
      System.setOut(out);
    }
  }
}
