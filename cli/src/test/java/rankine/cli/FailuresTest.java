package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.RunException;
import rankine.testdata.TestData;

/** Failures whose cause is not the input. */
@Isolated("replaces the standard streams of all threads")
class FailuresTest {
  @Test
  void outOfMemoryNamesTheHeapVariable() {
    String line = Failures.describe(new OutOfMemoryError("Java heap space"));
    assertTrue(line.contains("RANKINE_HEAP"), line);
    assertTrue(line.matches(".*needs, found a limit of [0-9,]+ MiB .*"), line);
    assertFalse(line.contains("cache"), "tokenize has none: " + line);
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

  /** Accepts some bytes, then fails, and counts the attempts to write after that. */
  private static final class Failing extends OutputStream {
    private final String reason;
    private int left;
    private int failures;

    Failing(int bytes, String reason) {
      this.left = bytes;
      this.reason = reason;
    }

    @Override
    public void write(int b) throws IOException {
      if (--left < 0) {
        failures++;
        throw new IOException(reason);
      }
    }
  }

  /** Runs a command whose output goes to {@code out}; returns its code and what stderr got. */
  private static String run(Failing out, Object... args) {
    PrintStream before = System.out;
    PrintStream errBefore = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try {
      System.setOut(new WatchedStream(out));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      int code = Main.run(Stream.of(args).map(Object::toString).toArray(String[]::new));
      return code + " " + err.toString(StandardCharsets.UTF_8).strip();
    } finally {
      System.setOut(before);
      System.setErr(errBefore);
    }
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() {
    assertEquals(
        "1 rankine: standard output: cannot be written: No space left on device",
        run(new Failing(0, "No space left on device"), "doctor"));
  }

  @Test
  void aReaderThatClosesThePipeIsNone() {
    assertEquals(
        "0 ",
        run(
            new Failing(100, "Broken pipe"),
            "prompts",
            "--task",
            "cb",
            "--data",
            TestData.task("cb")));
  }

  @Test
  void generationEndsWithItsReader() {
    Failing head = new Failing(1, "Broken pipe");
    String outcome =
        run(
            head,
            "generate",
            "--model",
            TestData.model("stories260K"),
            "--prompt",
            "Once",
            "--max-tokens",
            200,
            "--quiet");
    assertEquals("0 ", outcome);
    assertTrue(head.failures <= 10, head.failures + " attempts after the pipe was closed");
  }

  @Test
  void messagesShowNoControlsAndAreBounded() {
    String line = Failures.describe(new RunException("a\u001b[31m\u202eb\n" + "k".repeat(20_000)));
    assertTrue(line.startsWith("a [31m\\u202eb k"), line);
    assertTrue(line.length() < 2100, line.length() + " characters");
    assertTrue(
        Cli.run("generate", "--model", "a", "--prompt", "b", "--seed", "\u202e\u001b")
            .err()
            .chars()
            .noneMatch(c -> c == 0x202e || c == 0x1b));
  }
}
