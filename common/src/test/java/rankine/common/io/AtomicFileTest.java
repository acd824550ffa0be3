package rankine.common.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void whatWasThereStaysUntilTheCommit() throws IOException {
    Path target = Files.writeString(folder.resolve("a"), "old");
    try (AtomicFile file = AtomicFile.create(OutputFile.replacing(target))) {
      Files.writeString(file.path(), "new");
      assertEquals("old", Files.readString(target));
      file.commit();
      assertEquals("new", Files.readString(target));
    }
    assertEquals(List.of("a"), names());
  }

  @Test
  void aFailureLeavesNothingBehind() throws IOException {
    Path target = folder.resolve("a");
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                target,
                file -> {
                  Files.writeString(file, "half");
                  throw new IOException("the disk is full");
                }));
    assertEquals(List.of(), names());
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path real = Files.writeString(folder.resolve("a"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("b"), real);
    AtomicFile.write(link, file -> Files.writeString(file, "new"));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(real));
  }

  @Test
  void aFolderIsNotReplaced() throws IOException {
    Path target = Files.createDirectory(folder.resolve("a"));
    IOException e =
        assertThrows(IOException.class, () -> AtomicFile.create(OutputFile.replacing(target)));
    assertEquals("expected a regular file to write, found a folder", e.getMessage());
    assertEquals(List.of("a"), names());
  }

  /** Both begin before the other ends; the first to end has its result kept. */
  @Test
  void ofTwoWritersThatMayNotReplaceOneIsRefused() throws IOException {
    OutputFile output = new OutputFile(folder.resolve("a"), false);
    try (AtomicFile one = AtomicFile.create(output);
        AtomicFile other = AtomicFile.create(output)) {
      Files.writeString(one.path(), "one");
      Files.writeString(other.path(), "other");
      other.commit();
      IOException e = assertThrows(IOException.class, one::commit);
      assertEquals(
          output.path() + ": expected no file of that name, found one (--force replaces it)",
          AtomicFile.problem(output.path(), e));
    }
    assertEquals("other", Files.readString(output.path()));
    assertEquals(List.of("a"), names());
    assertThrows(IOException.class, () -> AtomicFile.create(output));
  }

  @Test
  void withoutReplacingAnEmptyFileIsFilled() throws IOException {
    Path target = Files.createFile(folder.resolve("a"));
    AtomicFile.write(new OutputFile(target, false), file -> Files.writeString(file, "new"));
    assertEquals("new", Files.readString(target));
    Path link = Files.createSymbolicLink(folder.resolve("b"), folder.resolve("gone"));
    assertThrows(
        IOException.class,
        () -> AtomicFile.write(new OutputFile(link, false), file -> Files.writeString(file, "x")));
    assertTrue(Files.isSymbolicLink(link));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** Of a process that has ended, of this one, and of a machine that is not this one. */
  @Test
  void whatAKilledProcessLeftIsRemoved() throws IOException {
    Path target = folder.resolve("result.html");
    long ended = 999_999_999_999L;
    Path abandonedFile = Files.createFile(TemporaryName.of(target, ended, "0123456789ab"));
    Path abandonedFolder = Files.createDirectory(TemporaryName.of(target, ended, "0123456789ac"));
    Files.writeString(abandonedFolder.resolve("inside"), "x");
    Path live = Files.createFile(TemporaryName.of(target));
    Path ofAnother =
        Files.createFile(TemporaryName.of(folder.resolve("other"), ended, "00000000000a"));
    Path foreign =
        Files.createFile(folder.resolve(".result.html.00000000-999999999-0123456789ab.tmp"));
    AtomicFile.write(target, file -> Files.writeString(file, "done"));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(Set.of(target, live, ofAnother, foreign), left.collect(Collectors.toSet()));
    }
    assertFalse(Files.exists(abandonedFile));
  }
}
