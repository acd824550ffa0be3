package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.RunException;

/** Any bytes give a run, or a {@link RunException} of one line. */
class RunFolderFuzzTest {
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\n",
    "\\",
    "\u0000",
    "null",
    "true",
    "-1",
    "0",
    "1.5",
    "1e999",
    "1e-999999999",
    "9223372036854775808",
    "\"cell\"",
    "\"begin\"",
    "\"rate\"",
    "\"\\u2028\""
  };

  @TempDir Path temporary;

  private static byte[] mutated(Random random, byte[] good) {
    String text = new String(good, StandardCharsets.ISO_8859_1);
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      int from = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), from + random.nextInt(6));
      String piece =
          random.nextBoolean()
              ? PIECES[random.nextInt(PIECES.length)]
              : String.valueOf((char) random.nextInt(256));
      text = text.substring(0, from) + piece + text.substring(to);
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void someCellsFilesAreReadOrRefused() throws IOException {
    readCellsFiles(200);
  }

  @Tag("thorough")
  @Test
  void anyCellsFileIsReadOrRefused() throws IOException {
    readCellsFiles(800);
  }

  private void readCellsFiles(int times) throws IOException {
    Path file =
        HandWrittenRun.write(
            temporary,
            HandWrittenRun.BEGIN,
            HandWrittenRun.cell("0", "validation", "0101"),
            HandWrittenRun.SPECTRUM,
            HandWrittenRun.cell("0.5", "validation", "1101"));
    readEach(file, times);
  }

  @Test
  void someIdentitiesAreReadOrRefused() throws IOException {
    readIdentities(100);
  }

  @Tag("thorough")
  @Test
  void anyIdentityIsReadOrRefused() throws IOException {
    readIdentities(300);
  }

  private void readIdentities(int times) throws IOException {
    HandWrittenRun.write(temporary, HandWrittenRun.BEGIN);
    readEach(temporary.resolve("run.json"), times);
  }

  private void readEach(Path file, int times) throws IOException {
    byte[] good = Files.readAllBytes(file);
    int read = 0;
    for (int seed = 0; seed < times; seed++) {
      Files.write(file, mutated(new Random(seed), good));
      try {
        SweepRun run = RunFolder.read(temporary);
        run.results();
        run.missing();
        read++;
      } catch (RunException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().length() < 1_000, e.getMessage());
      }
    }
    assertTrue(read > 0 && read < times, read + " of " + times + " could be read");
  }

  /** Truncated anywhere, the complete lines are read, and nothing else. */
  @Test
  void truncatedAnywhere() throws IOException {
    Path file =
        HandWrittenRun.write(
            temporary,
            HandWrittenRun.cell("0", "validation", "0101"),
            HandWrittenRun.cell("0.5", "validation", "1101"),
            HandWrittenRun.cell("0.995", "validation", "1101"));
    byte[] good = Files.readAllBytes(file);
    for (int length = 0; length <= good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      Files.write(file, cut);
      int lines = 0;
      int completeBytes = 0;
      for (int i = 0; i < length; i++) {
        if (cut[i] == '\n') {
          lines++;
          completeBytes = i + 1;
        }
      }
      assertEquals(lines, RunFolder.read(temporary).cells().size());
      assertEquals(completeBytes, CellsReader.read(file, (location, line) -> {}));
    }
  }
}
