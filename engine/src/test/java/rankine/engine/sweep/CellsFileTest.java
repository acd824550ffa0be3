package rankine.engine.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.RunException;

/** Appended lines survive every later failure. */
class CellsFileTest {
  private static final byte[] FIRST = bytes(HandWrittenRun.cell("0", "validation", "0101"));
  private static final byte[] SECOND = bytes(HandWrittenRun.cell("0.5", "validation", "1111"));

  @TempDir Path temporary;

  @BeforeEach
  void identity() throws IOException {
    Files.writeString(temporary.resolve("run.json"), HandWrittenRun.IDENTITY);
  }

  private static byte[] bytes(String line) {
    return line.getBytes(StandardCharsets.UTF_8);
  }

  private Path file() {
    return temporary.resolve("cells-0-of-1.jsonl");
  }

  private int cells() {
    return RunFolder.read(temporary).cells().size();
  }

  @Test
  void linesAreAppendedAcrossProcesses() {
    try (CellsFile cells = CellsFile.open(temporary, Shard.WHOLE)) {
      cells.append(FIRST);
    }
    try (CellsFile cells = CellsFile.open(temporary, Shard.WHOLE)) {
      cells.append(SECOND);
    }
    assertEquals(2, cells());
  }

  @Test
  void oneProcessHoldsAFile() throws IOException {
    try (CellsFile cells = CellsFile.open(temporary, Shard.WHOLE)) {
      String message =
          assertThrows(RunException.class, () -> CellsFile.open(temporary, Shard.WHOLE).close())
              .getMessage();
      assertTrue(message.contains("cells-0-of-1.jsonl"), message);
      assertTrue(message.contains("no other process"), message);
      CellsFile.open(temporary, new Shard(1, 2)).close(); // another shard's file is free
      cells.append(FIRST);
    }
    CellsFile.open(temporary, Shard.WHOLE).close();
    assertEquals(1, cells());
  }

  /** The disk takes {@code room} bytes of the second line, and no more. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 200})
  void aFullDiskLeavesEveryLineReadable(int room) throws IOException {
    try (FileChannel lock = open("lock");
        FileChannel real = open(file().getFileName().toString())) {
      FullChannel full = new FullChannel(real, FIRST.length + 1 + room, false);
      CellsFile cells = new CellsFile(file(), lock, full);
      cells.append(FIRST);
      String message = assertThrows(RunException.class, () -> cells.append(SECOND)).getMessage();
      assertEquals(file() + ": cannot be written: No space left on device", message);
      assertEquals(FIRST.length + 1, Files.size(file()), "the torn line is truncated");
      assertEquals(1, cells());
    }
  }

  @Test
  void aFullDiskThatCannotTruncateLeavesEveryLineReadable() throws IOException {
    try (FileChannel lock = open("lock");
        FileChannel real = open(file().getFileName().toString())) {
      FullChannel full = new FullChannel(real, FIRST.length + 30, true);
      CellsFile cells = new CellsFile(file(), lock, full);
      cells.append(FIRST);
      assertThrows(RunException.class, () -> cells.append(SECOND));
    }
    assertEquals(FIRST.length + 30, Files.size(file()));
    assertEquals(1, cells());
    try (CellsFile cells = CellsFile.open(temporary, Shard.WHOLE)) {
      cells.append(SECOND);
    }
    assertEquals(2, cells());
  }

  private FileChannel open(String name) throws IOException {
    return FileChannel.open(
        temporary.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  @Test
  void aMalformedFileIsNotAppendedTo() throws IOException {
    String text = "{\"kind\":\"cell\"\n" + HandWrittenRun.BEGIN + "\n";
    Files.writeString(file(), text);
    String message =
        assertThrows(RunException.class, () -> CellsFile.open(temporary, Shard.WHOLE).close())
            .getMessage();
    assertTrue(message.contains("line 1"), message);
    assertEquals(text, Files.readString(file()));
  }
}
