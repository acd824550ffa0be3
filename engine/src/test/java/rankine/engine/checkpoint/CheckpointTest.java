package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rankine.engine.checkpoint.Raw.entry;
import static rankine.engine.checkpoint.Raw.refused;
import static rankine.engine.checkpoint.Raw.safetensors;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.kernels.DType;

class CheckpointTest {
  @TempDir Path outside;
  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectory(outside.resolve("checkpoint"));
    Raw.write(folder.resolve("config.json"), "{\"model_type\":\"x\"}");
  }

  private void weights(String header, int dataBytes) throws IOException {
    Raw.write(folder.resolve("model.safetensors"), safetensors(header, dataBytes));
  }

  private void refuse(Fault fault, String... parts) {
    refused(fault, () -> Checkpoint.open(folder).close(), parts);
  }

  @Test
  void noticesContentThatChanges() throws IOException {
    weights("{" + entry("a", "U8", "[3]", 0, 3) + "}", 3);
    Path file = folder.resolve("model.safetensors");
    byte[] before = Files.readAllBytes(file);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      checkpoint.hash();
      checkpoint.checkUnchanged();
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
      checkpoint.checkUnchanged(); // touched, the same content
      FileTime time = Files.getLastModifiedTime(file);
      byte[] after = before.clone();
      after[after.length - 1] ^= 1;
      Files.write(file, after);
      Files.setLastModifiedTime(file, time);
      refused(Fault.FILE_CHANGED, checkpoint::checkUnchanged, "model.safetensors: expected");
    }
  }

  @Test
  void mapsTensors() throws IOException {
    weights("{" + entry("a", "U8", "[3]", 0, 3) + "," + entry("b", "F16", "[1,2]", 3, 7) + "}", 7);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(folder, checkpoint.directory());
      assertEquals(Files.size(folder.resolve("model.safetensors")), checkpoint.bytes());
      assertEquals("x", checkpoint.config().text("model_type"));
      TensorInfo b = checkpoint.require("b", 1, 2);
      assertEquals(Optional.of(b), checkpoint.find("b"));
      assertEquals(Optional.empty(), checkpoint.find("c"));
      assertEquals(DType.F16, b.dtype());
      MemorySegment data = checkpoint.data(b);
      assertTrue(data.isReadOnly());
      assertEquals(4, data.byteSize());
      assertEquals(3, data.get(ValueLayout.JAVA_BYTE, 0));
      assertEquals(6, data.get(ValueLayout.JAVA_BYTE, 3));
      refused(
          Fault.MISSING_TENSOR, () -> checkpoint.require("c", 1), "model.safetensors: c: missing");
      CheckpointException shape = refused(Fault.WRONG_SHAPE, () -> checkpoint.require("b", 2, 1));
      assertEquals(
          folder.resolve("model.safetensors") + ": b: expected shape [2, 1], found [1, 2]",
          shape.getMessage());
      assertEquals(folder.resolve("model.safetensors"), shape.path());
      refused(
          Fault.UNSUPPORTED_DTYPE,
          () -> checkpoint.require("a", 3).dtype(),
          "model.safetensors: a: expected dtype F32, F16 or BF16, found U8");
      TensorInfo foreign = new TensorInfo("a", SafetensorsDType.U8, List.of(3L), folder, 0, 3);
      assertThrows(IllegalArgumentException.class, () -> checkpoint.data(foreign));
    }
  }

  @Test
  void readsTensorBytesFromTheFile() throws IOException {
    weights("{" + entry("a", "U8", "[3]", 0, 3) + "," + entry("b", "F16", "[1,2]", 3, 7) + "}", 7);
    Checkpoint open = Checkpoint.open(folder);
    TensorInfo b = open.require("b", 1, 2);
    try (Checkpoint checkpoint = open) {
      ByteBuffer into = ByteBuffer.allocate(2);
      checkpoint.read(b, 1, into);
      assertEquals(ByteBuffer.wrap(new byte[] {4, 5}), into);
      assertThrows(
          IndexOutOfBoundsException.class, () -> checkpoint.read(b, 3, ByteBuffer.allocate(2)));
      assertThrows(
          IndexOutOfBoundsException.class, () -> checkpoint.read(b, -1, ByteBuffer.allocate(2)));
      TensorInfo foreign = new TensorInfo("a", SafetensorsDType.U8, List.of(3L), folder, 0, 3);
      assertThrows(
          IllegalArgumentException.class,
          () -> checkpoint.read(foreign, 0, ByteBuffer.allocate(1)));
      Path file = folder.resolve("model.safetensors");
      byte[] whole = Files.readAllBytes(file);
      Raw.write(file, Arrays.copyOf(whole, whole.length - 1));
      refused(
          Fault.IO,
          () -> checkpoint.read(b, 2, ByteBuffer.allocate(2)),
          file + ": cannot be read (EOFException");
      Raw.write(file, whole); // otherwise closing refuses it: see closeNamesAShortenedFile
    }
    assertThrows(IllegalStateException.class, () -> open.read(b, 0, ByteBuffer.allocate(1)));
  }

  @Test
  void interruptingOneReaderDoesNotStopOthers() throws IOException {
    weights("{" + entry("a", "U8", "[3]", 0, 3) + "," + entry("b", "F16", "[1,2]", 3, 7) + "}", 7);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      TensorInfo b = checkpoint.require("b", 1, 2);
      ByteBuffer into = ByteBuffer.allocate(3).position(1);
      Thread.currentThread().interrupt();
      checkpoint.read(b, 1, into);
      assertTrue(Thread.interrupted());
      assertEquals(ByteBuffer.wrap(new byte[] {0, 4, 5}), into);
      checkpoint.read(b, 2, into.clear().limit(2));
      assertEquals(ByteBuffer.wrap(new byte[] {5, 6}), into);
    }
  }

  @Test
  void eachConfigTracksItsOwnReads() throws IOException {
    weights("{}", 0);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      Settings first = checkpoint.config();
      assertEquals("x", first.text("model_type"));
      first.finish(Set.of());
      refused(Fault.UNKNOWN_SETTING, () -> checkpoint.config().finish(Set.of()), "model_type");
    }
  }

  @Test
  void closeUnmaps() throws IOException {
    weights("{" + entry("a", "U8", "[1]", 0, 1) + "}", 1);
    Checkpoint checkpoint = Checkpoint.open(folder);
    MemorySegment data = checkpoint.data(checkpoint.require("a", 1));
    checkpoint.close();
    checkpoint.close();
    assertThrows(IllegalStateException.class, () -> data.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void refusesFoldersWithoutTheirFiles() throws IOException {
    refuse(Fault.NO_WEIGHTS, folder + ": expected a file model.safetensors");
    weights("{}", 0);
    Files.delete(folder.resolve("config.json"));
    refuse(Fault.NO_CONFIG, folder + ": expected a file config.json");
    refused(
        Fault.NO_FOLDER,
        () -> Checkpoint.open(folder.resolve("none")),
        "none: expected a checkpoint folder, found nothing");
    refused(
        Fault.NO_FOLDER,
        () -> Checkpoint.open(folder.resolve("model.safetensors")),
        "model.safetensors: expected a checkpoint folder, found a file");
    Files.createDirectory(folder.resolve("config.json"));
    refuse(Fault.IO, "config.json: expected a regular file");
    Files.delete(folder.resolve("config.json"));
    Raw.write(folder.resolve("config.json"), "{");
    refuse(Fault.NOT_JSON, "config.json: ");
    Raw.write(folder.resolve("generation_config.json"), "{\"eos_token_id\":1}");
    Raw.write(folder.resolve("config.json"), "{\"eos_token_id\":[1,\"a\"]}");
    refuse(Fault.WRONG_KIND, "config.json: eos_token_id[1]: expected an integer, found \"a\"");
    Raw.write(folder.resolve("config.json"), "{\"bos_token_id\":\"a\"}");
    refuse(Fault.WRONG_KIND, "config.json: bos_token_id: expected an integer, found \"a\"");
    Raw.write(folder.resolve("config.json"), "{}");
    Files.delete(folder.resolve("model.safetensors"));
    Files.createDirectory(folder.resolve("model.safetensors"));
    refuse(Fault.IO, "model.safetensors: expected a regular file");
  }

  @Test
  void refusesDevices() throws IOException {
    Path device = Path.of("/dev/zero");
    Files.createSymbolicLink(folder.resolve("model.safetensors"), device);
    refuse(Fault.IO, "model.safetensors: expected a regular file");
    Files.delete(folder.resolve("config.json"));
    Files.createSymbolicLink(folder.resolve("config.json"), device);
    refuse(Fault.IO, "config.json: expected a regular file");
    Files.delete(folder.resolve("config.json"));
    Files.delete(folder.resolve("model.safetensors"));
  }

  @Test
  void listsShardsByName() throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    Raw.shard(folder, "s2", "a");
    Raw.shard(folder, "s1", "z");
    Raw.shard(folder, "sub/s", "m");
    Raw.index(folder, "{\"a\":\"s2\",\"m\":\"sub/s\",\"z\":\"s1\"}");
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(
          List.of("z", "a", "m"), checkpoint.tensors().stream().map(TensorInfo::name).toList());
      assertEquals(folder.resolve("sub/s"), checkpoint.require("m", 2).file());
      refused(
          Fault.MISSING_TENSOR,
          () -> checkpoint.require("q"),
          "model.safetensors.index.json: q: missing tensor");
      assertEquals(
          List.of("config.json", "s1", "s2", "sub/s"),
          checkpoint.files().stream().map(f -> folder.relativize(f).toString()).toList());
    }
  }

  @Test
  void singleFileTakesPrecedenceOverTheIndex() throws IOException {
    weights("{" + entry("single", "U8", "[1]", 0, 1) + "}", 1);
    Raw.index(folder, "{\"a\":\"none\"}");
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertTrue(checkpoint.find("single").isPresent());
    }
  }

  @Test
  void refusesABadIndex() throws IOException {
    Path file = folder.resolve("model.safetensors.index.json");
    Raw.shard(folder, "s", "a");
    Raw.write(file, "{}");
    refuse(Fault.MISSING_FIELD, "model.safetensors.index.json: weight_map: ");
    Raw.index(folder, "[]");
    refuse(Fault.WRONG_KIND, "weight_map: expected an object", "found []");
    Raw.index(folder, "{}");
    refuse(Fault.WRONG_KIND, "at least one tensor");
    Raw.index(folder, "{\"a\":1}");
    refuse(Fault.WRONG_KIND, "a: expected the name of a shard, found 1");
    Raw.index(folder, "{\"a\":\"s\",\"a\":\"s\"}");
    refuse(Fault.DUPLICATE_KEY, "weight_map.a: ");
    Raw.index(folder, "{\"\":\"s\"}");
    refuse(Fault.BAD_NAME);
    Raw.index(folder, "{\"a\":\"\"}");
    refuse(Fault.BAD_NAME);
    Raw.index(folder, "{\"a\":\"s\\u0000\"}");
    refuse(Fault.BAD_NAME, "s\\u0000: ");
    Raw.index(folder, "{\"a\":\"t\"}");
    refuse(Fault.NO_SHARD, "model.safetensors.index.json: t: ");
    Raw.index(folder, "{\"a\":\".\"}");
    refuse(Fault.NO_SHARD);
    Raw.index(folder, "{\"a\":\"s\",\"b\":\"s\"}");
    refuse(Fault.NOT_IN_SHARD, "model.safetensors.index.json: b: expected in shard s");
    Raw.shard(folder, "t", "a");
    Raw.index(folder, "{\"a\":\"s\",\"b\":\"t\"}");
    refuse(Fault.NOT_IN_SHARD);
    Raw.write(
        folder.resolve("t"),
        safetensors(
            "{" + entry("a", "U8", "[2]", 0, 2) + "," + entry("b", "U8", "[0]", 2, 2) + "}", 2));
    refuse(Fault.IN_TWO_SHARDS, "t: a: ", "found it also in s");
    Raw.write(folder.resolve("s"), new byte[3]);
    refuse(Fault.FILE_TOO_SMALL, "s: ");
  }

  @Test
  void listsTensorsMissingFromTheIndex() throws IOException {
    Raw.write(
        folder.resolve("s"),
        safetensors(
            "{" + entry("a", "U8", "[2]", 0, 2) + "," + entry("b", "U8", "[0]", 2, 2) + "}", 2));
    Raw.index(folder, "{\"a\":\"s\"}");
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertTrue(checkpoint.find("b").isPresent());
    }
  }

  @Test
  void hashIsTheHashOfTheFileHashes() throws Exception {
    Raw.shard(folder, "s1", "a");
    Raw.shard(folder, "s2", "b");
    Raw.index(folder, "{\"a\":\"s1\",\"b\":\"s2\"}");
    String lines =
        sha256(Files.readAllBytes(folder.resolve("config.json")))
            + "  config.json\n"
            + sha256(Files.readAllBytes(folder.resolve("s1")))
            + "  s1\n"
            + sha256(Files.readAllBytes(folder.resolve("s2")))
            + "  s2\n";
    String expected = sha256(lines.getBytes(StandardCharsets.UTF_8));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(expected, checkpoint.hash());
      assertEquals(expected, checkpoint.hash());
    }
    Path moved = Files.move(folder, outside.resolve("moved"));
    try (Checkpoint checkpoint = Checkpoint.open(moved)) {
      assertEquals(expected, checkpoint.hash());
    }
    Raw.write(moved.resolve("config.json"), "{\"model_type\":\"y\"}");
    try (Checkpoint checkpoint = Checkpoint.open(moved)) {
      assertNotEquals(expected, checkpoint.hash());
    }
  }

  /** Results computed after the file was shortened may be wrong, so closing reports it. */
  @Test
  void closeNamesAShortenedFile() throws IOException {
    weights("{" + entry("a", "U8", "[9000]", 0, 9000) + "}", 9000);
    Path file = folder.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(file);
    Checkpoint mapped = Checkpoint.open(folder);
    Checkpoint copied = Checkpoint.open(folder, true);
    MemorySegment copy = copied.data(copied.find("a").orElseThrow());
    byte[] before = copy.toArray(ValueLayout.JAVA_BYTE);
    Files.write(file, Arrays.copyOf(whole, 300));
    assertThrows(
        InternalError.class,
        () -> mapped.data(mapped.find("a").orElseThrow()).get(ValueLayout.JAVA_BYTE, 8999));
    refused(
        Fault.FILE_CHANGED,
        mapped::close,
        "model.safetensors: expected the " + whole.length + " bytes that were opened until the end",
        "found 300");
    mapped.close();
    assertArrayEquals(before, copy.toArray(ValueLayout.JAVA_BYTE));
    copied.close();
  }

  @Test
  void hashRefusesAChangedFile() throws IOException {
    weights("{" + entry("a", "U8", "[1]", 0, 1) + "}", 1);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      Files.setLastModifiedTime(folder.resolve("model.safetensors"), FileTime.fromMillis(0));
      refused(Fault.FILE_CHANGED, checkpoint::hash, "model.safetensors: expected the file that");
    }
  }

  @Test
  void mapsATensorOverTwoGibibytes() throws IOException {
    long elements = 1_500_000_000L;
    long bytes = 3 * elements;
    String header =
        "{"
            + entry("small", "F16", "[" + elements / 2 + "]", 0, elements)
            + ","
            + entry("large", "F16", "[2," + elements / 2 + "]", elements, bytes)
            + "}";
    byte[] head = safetensors(header, 0);
    Path file = Raw.write(folder.resolve("model.safetensors"), head);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(head.length + bytes);
      sparse.seek(head.length + bytes - 2);
      sparse.write(new byte[] {(byte) 0xcd, (byte) 0xab});
      sparse.seek(head.length + elements);
      sparse.write(new byte[] {0x34, 0x12});
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      MemorySegment data = checkpoint.data(checkpoint.require("large", 2, elements / 2));
      assertEquals(2 * elements, data.byteSize());
      assertTrue(data.byteSize() > Integer.MAX_VALUE);
      assertEquals(0x1234, data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
      assertEquals((short) 0xabcd, data.get(ValueLayout.JAVA_SHORT_UNALIGNED, data.byteSize() - 2));
      assertFalse(checkpoint.bytes() < bytes);
    } finally {
      Files.delete(file);
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
