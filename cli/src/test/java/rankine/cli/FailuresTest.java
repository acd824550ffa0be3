package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import rankine.common.CheckpointException;
import rankine.common.Fault;

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

  /** A read of mapped memory fails; as the checkpoint is closed, its file is found shortened. */
  @Test
  void theChangedCheckpointIsTheReason() {
    CheckpointException changed =
        CheckpointException.of(Fault.FILE_CHANGED, Path.of("w"), "expected 2 bytes, found 1");
    InternalError fault = new InternalError("a fault occurred in an unsafe memory access");
    assertSame(fault, Failures.reason(fault));
    fault.addSuppressed(changed);
    assertSame(changed, Failures.reason(fault));
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
