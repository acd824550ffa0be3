package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rankine.engine.checkpoint.Raw.refused;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.Fault;

class CheckpointCopyTest {
  private static final TensorEdit NO_EDIT = (tensor, target) -> {};

  @TempDir private Path folder;

  private Path model;
  private Path out;

  @BeforeEach
  void makeFolders() throws IOException {
    model = Files.createDirectory(folder.resolve("model"));
    out = folder.resolve("out");
    Raw.write(model.resolve("config.json"), "{}");
  }

  private CheckpointCopy.Written copy(Map<String, String> metadata, TensorEdit edit) {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      return CheckpointCopy.plan(checkpoint, out).write(Map.of(), metadata, edit);
    }
  }

  private static List<String> fileNames(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /**
   * Dtypes without kernels, an empty tensor, a header of odd length, tensors in no sorted order.
   */
  @Test
  void copiesEveryKindOfTensor() throws IOException {
    String header =
        "{"
            + String.join(
                ",",
                Raw.entry("z", "U8", "[3]", 0, 3),
                Raw.entry("empty", "F32", "[0,4]", 3, 3),
                Raw.entry("a", "I64", "[]", 3, 11),
                Raw.entry("four", "F4", "[2]", 11, 12))
            + "}";
    Raw.write(model.resolve("model.safetensors"), Raw.safetensors(header, 12));
    List<String> seen = new ArrayList<>();
    copy(
        Map.of("key", "é\"\n"),
        (tensor, target) -> {
          seen.add(tensor.name());
          if (tensor.name().equals("a")) {
            target.write(2, ByteBuffer.wrap(new byte[] {70, 71}));
          }
        });
    assertEquals(List.of("z", "empty", "a", "four"), seen);
    SafetensorsHeader read = SafetensorsHeader.read(out.resolve("model.safetensors"));
    assertEquals(seen, read.tensors().stream().map(TensorInfo::name).toList());
    assertEquals(Map.of("key", "é\"\n"), read.metadata());
    byte[] bytes = Files.readAllBytes(out.resolve("model.safetensors"));
    byte[] data = Arrays.copyOfRange(bytes, (int) read.dataStart(), bytes.length);
    assertArrayEquals(new byte[] {0, 1, 2, 3, 4, 70, 71, 7, 8, 9, 10, 11}, data);
  }

  @Test
  void copiesRandomFilesWithRandomEdits() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      List<String> entries = new ArrayList<>();
      int end = 0;
      for (int i = random.nextInt(6); i >= 0; i--) {
        int size = random.nextInt(50);
        entries.add(Raw.entry("t" + i, "U8", "[" + size + "]", end, end + size));
        end += size;
      }
      String padding = " ".repeat(random.nextInt(5));
      byte[] file = Raw.safetensors("{" + String.join(",", entries) + "}" + padding, end);
      Raw.write(model.resolve("model.safetensors"), file);
      byte[] expected = Arrays.copyOfRange(file, file.length - end, file.length);
      int size = end;
      copy(
          Map.of("seed", String.valueOf(seed)),
          (tensor, target) -> {
            int length = random.nextInt((int) tensor.bytes() + 1);
            int at = random.nextInt((int) tensor.bytes() - length + 1);
            byte[] patch = new byte[length];
            random.nextBytes(patch);
            target.write(at, ByteBuffer.wrap(patch));
            long start = tensor.offset() - (file.length - size);
            System.arraycopy(patch, 0, expected, (int) start + at, length);
          });
      byte[] bytes = Files.readAllBytes(out.resolve("model.safetensors"));
      assertArrayEquals(expected, Arrays.copyOfRange(bytes, bytes.length - end, bytes.length));
      Files.move(out, folder.resolve("copy" + seed));
    }
  }

  @Test
  void refusesWritesOutsideTheTensor() throws IOException {
    writeTwo();
    for (long at : new long[] {-1, 1, Long.MAX_VALUE}) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> copy(Map.of(), (_, target) -> target.write(at, ByteBuffer.allocate(4))));
    }
    assertEquals(List.of("model"), fileNames(folder), "no temporary file remains");
  }

  private void writeTwo() throws IOException {
    String header =
        "{"
            + Raw.entry("a", "F32", "[1]", 0, 4)
            + "," //
            + Raw.entry("b", "F32", "[1]", 4, 8)
            + "}";
    Raw.write(model.resolve("model.safetensors"), Raw.safetensors(header, 8));
  }

  @Test
  void copiesShardsInSubfoldersAndLinks() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    Raw.write(
        model.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"a\":\"parts/one.safetensors\",\"b\":\"two.safetensors\"}}");
    Files.createDirectory(model.resolve("parts"));
    Raw.write(
        model.resolve("parts/one.safetensors"),
        Raw.safetensors("{" + Raw.entry("a", "F32", "[1]", 0, 4) + "}", 4));
    Raw.write(
        model.resolve("two.safetensors"),
        Raw.safetensors("{" + Raw.entry("b", "F32", "[1]", 0, 4) + "}", 4));
    Raw.write(blobs.resolve("abc"), "{\"x\":1}");
    Files.createSymbolicLink(model.resolve("tokenizer.json"), blobs.resolve("abc"));
    Files.createSymbolicLink(model.resolve("gone.json"), blobs.resolve("gone"));
    Raw.write(model.resolve("three.safetensors"), "not one of the shards");
    CheckpointCopy.Written written;
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      CheckpointCopy copy = CheckpointCopy.plan(checkpoint, out);
      assertEquals(
          List.of(
              "gone.json (not a regular file)",
              "parts (a folder)",
              "three.safetensors (weights that this checkpoint does not use)"),
          copy.skipped());
      written = copy.write(Map.of(), Map.of("k", "v"), NO_EDIT);
    }
    assertEquals(
        List.of(
            "config.json",
            "model.safetensors.index.json",
            "parts/one.safetensors",
            "tokenizer.json",
            "two.safetensors"),
        written.files());
    assertFalse(Files.isSymbolicLink(out.resolve("tokenizer.json")));
    assertEquals("{\"x\":1}", Files.readString(out.resolve("tokenizer.json")));
    try (Checkpoint copy = Checkpoint.open(out)) {
      assertEquals(written.hash(), copy.hash());
      assertArrayEquals(
          new byte[] {0, 1, 2, 3}, copy.data(copy.require("a", 1)).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  @Test
  void copiesOfReadOnlyFilesAreWritable() throws IOException {
    writeTwo();
    for (String name : fileNames(model)) {
      Files.setPosixFilePermissions(
          model.resolve(name), PosixFilePermissions.fromString("r--r--r--"));
    }
    copy(Map.of(), NO_EDIT);
    for (String name : fileNames(out)) {
      assertTrue(Files.getPosixFilePermissions(out.resolve(name)).toString().contains("WRITE"));
    }
  }

  @Test
  void refusesATargetCreatedDuringTheCopy() throws IOException {
    writeTwo();
    TensorEdit edit =
        (_, _) -> {
          if (Files.notExists(out)) {
            Files.createDirectory(out);
          }
        };
    refused(Fault.FOLDER_EXISTS, () -> copy(Map.of(), edit), out.toString());
    assertEquals(List.of("model", "out"), fileNames(folder));
    assertEquals(List.of(), fileNames(out));
  }

  @Test
  void reportsAFailingFileSystem() throws IOException {
    writeTwo();
    TensorEdit edit =
        (_, _) -> {
          throw new IOException("No space left on device");
        };
    refused(Fault.IO, () -> copy(Map.of(), edit), "model.safetensors", "No space left on device");
    assertEquals(List.of("model"), fileNames(folder));
  }

  @Test
  void reportsAParentFolderWithoutWritePermission() throws IOException {
    writeTwo();
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    out = locked.resolve("out");
    if (Files.isWritable(locked)) { // root may write anywhere
      copy(Map.of(), NO_EDIT);
      assertTrue(Files.isDirectory(out));
    } else {
      refused(Fault.IO, () -> copy(Map.of(), NO_EDIT), out.toString(), "cannot be made");
    }
  }

  /** The temporary name is longer than a file system takes. */
  @Test
  void aFolderThatCannotBeMade() throws IOException {
    writeTwo();
    out = folder.resolve("o".repeat(250));
    refused(Fault.IO, () -> copy(Map.of(), NO_EDIT), out.toString(), "cannot be made");
    assertEquals(List.of("model"), fileNames(folder));
  }

  @Test
  void checksFreeSpace() throws IOException {
    refused(
        Fault.NO_SPACE,
        () -> CheckpointCopy.checkSpace(out, 10_000_000_000L, 9_999_999_999L),
        "out: expected 10,000,000,000 bytes of free space, found 9,999,999,999");
    CheckpointCopy.checkSpace(out, 10, 10);

    long size = Files.getFileStore(folder).getUsableSpace() + (64L << 30); // a sparse file
    byte[] start = Raw.safetensors("{" + Raw.entry("a", "U8", "[" + size + "]", 0, size) + "}", 0);
    Path file = Raw.write(model.resolve("model.safetensors"), start);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(start.length + size);
    }
    refused(Fault.NO_SPACE, () -> copy(Map.of(), NO_EDIT), out.toString(), "bytes of free space");
    assertEquals(List.of("model"), fileNames(folder));
  }
}
