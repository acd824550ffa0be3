package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rankine.engine.checkpoint.Raw.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.CheckpointException;
import rankine.common.Fault;

/**
 * Arbitrary bytes give a correct result or a {@link CheckpointException} with a one-line message.
 */
class CheckpointFuzzTest {
  private static final String HEADER =
      "{\"__metadata__\":{\"format\":\"pt\"},"
          + entry("h.0.w\\u00e9", "F32", "[2,3]", 0, 24)
          + ","
          + entry("h.1.w", "BF16", "[4]", 24, 32)
          + ","
          + entry("empty", "I64", "[0,7]", 32, 32)
          + "}  ";
  private static final int DATA_BYTES = 32;

  private static final String[] FRAGMENTS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"dtype\"",
    "\"shape\"",
    "\"data_offsets\"",
    "\"F32\"",
    "\"F4\"",
    "\"__metadata__\"",
    "\"weight_map\"",
    "0",
    "4",
    "-1",
    "1.5",
    "1e9",
    "1e999",
    "9223372036854775807",
    "18446744073709551616",
    "null",
    "true",
    " ",
    "\n",
    "\\",
    "\\u0000",
    "\0",
    "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}",
    "é",
    "\ud83d\ude00",
    "\"../a\"",
  };

  @TempDir Path folder;

  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
  private int accepted;

  private void attempt(Runnable reading) {
    try {
      reading.run();
      accepted++;
    } catch (CheckpointException e) {
      faults.add(e.fault());
      Raw.assertOneLine(e);
    }
  }

  /** Parses a header; an accepted one must satisfy every rule of the format. */
  private void parse(byte[] json, long fileBytes) {
    attempt(
        () -> {
          SafetensorsHeader header =
              HeaderParser.parse(Path.of("model.safetensors"), json, fileBytes);
          long cursor = 8L + json.length;
          for (TensorInfo tensor : header.tensors()) {
            assertEquals(cursor, tensor.offset());
            assertEquals(tensor.bytes() * 8, tensor.elements() * tensor.type().bits());
            cursor += tensor.bytes();
          }
          assertEquals(fileBytes, cursor);
        });
  }

  @Test
  void flippedBytesOfAHeader() {
    flipBytesOfAHeader(1, 3_000);
  }

  @Tag("thorough")
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void moreFlippedBytesOfAHeader(long seed) {
    flipBytesOfAHeader(seed, 6_000);
  }

  private void flipBytesOfAHeader(long seed, int headers) {
    Random random = new Random(seed);
    byte[] valid = HEADER.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < headers; i++) {
      byte[] json = valid.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        json[random.nextInt(json.length)] = (byte) random.nextInt(256);
      }
      parse(json, 8L + json.length + DATA_BYTES);
    }
    assertTrue(accepted > 0, "some flips are valid, e.g. in a name");
    assertTrue(
        faults.containsAll(
            EnumSet.of(
                Fault.NOT_JSON,
                Fault.NOT_UTF8,
                Fault.UNKNOWN_DTYPE,
                Fault.SIZE_MISMATCH,
                Fault.UNKNOWN_FIELD,
                Fault.HEADER_START)),
        faults.toString());
  }

  @Test
  void everyTruncationOfAFile() throws IOException {
    byte[] valid = Raw.safetensors(HEADER, DATA_BYTES);
    for (int n = 0; n < valid.length; n++) {
      Path file = Raw.write(folder.resolve("f"), Arrays.copyOf(valid, n));
      attempt(() -> SafetensorsHeader.read(file));
    }
    assertEquals(0, accepted);
    assertEquals(
        EnumSet.of(Fault.FILE_TOO_SMALL, Fault.HEADER_OUTSIDE_FILE, Fault.OUTSIDE_FILE), faults);
  }

  @Test
  void everyTruncationOfAHeader() {
    byte[] valid = HEADER.getBytes(StandardCharsets.UTF_8);
    for (int n = 0; n < valid.length - 2; n++) {
      parse(Arrays.copyOf(valid, n), 8L + n + DATA_BYTES);
    }
    assertEquals(0, accepted);
  }

  @Test
  void flippedBytesOfTheLength() throws IOException {
    Random random = new Random(4);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = Raw.safetensors(HEADER, DATA_BYTES);
      bytes[random.nextInt(8)] = (byte) random.nextInt(256);
      Path file = Raw.write(folder.resolve("f"), bytes);
      attempt(() -> SafetensorsHeader.read(file));
    }
    assertTrue(faults.contains(Fault.HEADER_TOO_LARGE));
    assertTrue(faults.contains(Fault.HEADER_OUTSIDE_FILE));
  }

  @Test
  void randomJson() {
    randomJson(5, 3_000);
  }

  @Tag("thorough")
  @ParameterizedTest
  @ValueSource(longs = {5, 6, 7})
  void moreRandomJson(long seed) {
    randomJson(seed, 10_000);
  }

  private void randomJson(long seed, int texts) {
    Random random = new Random(seed);
    for (int i = 0; i < texts; i++) {
      StringBuilder text = new StringBuilder("{");
      for (int fragments = random.nextInt(12); fragments > 0; fragments--) {
        text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
      }
      String json = text.append('}').toString();
      byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
      parse(utf8, 8L + utf8.length + random.nextInt(2) * 4L);
      attempt(() -> Settings.parse(Path.of("config.json"), json).finish(Set.of()));
    }
    assertTrue(accepted > 0);
    assertTrue(faults.contains(Fault.NOT_JSON));
  }

  @Test
  void randomBytes() {
    Random random = new Random(8);
    for (int i = 0; i < 6_000; i++) {
      byte[] json = new byte[random.nextInt(40)];
      random.nextBytes(json);
      if (json.length > 0 && random.nextBoolean()) {
        json[0] = '{';
      }
      parse(json, 8L + json.length);
      attempt(() -> CheckpointJson.of(Path.of("config.json")).object(json));
    }
    assertTrue(faults.contains(Fault.NOT_UTF8));
  }

  @Test
  void flippedBytesOfAnIndex() throws IOException {
    Random random = new Random(9);
    Raw.write(folder.resolve("config.json"), "{}");
    for (String shard : new String[] {"s1", "s2"}) {
      Raw.write(
          folder.resolve(shard),
          Raw.safetensors("{" + entry(shard + "t", "U8", "[1]", 0, 1) + "}", 1));
    }
    byte[] valid =
        "{\"metadata\":{},\"weight_map\":{\"s1t\":\"s1\",\"s2t\":\"s2\"}}"
            .getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 500; i++) {
      byte[] json = valid.clone();
      json[random.nextInt(json.length)] = (byte) (random.nextInt(96) + 32);
      Files.write(folder.resolve("model.safetensors.index.json"), json);
      attempt(() -> Checkpoint.open(folder).close());
    }
    assertTrue(accepted > 0);
    assertTrue(
        faults.containsAll(EnumSet.of(Fault.NOT_JSON, Fault.NO_SHARD, Fault.NOT_IN_SHARD)),
        faults.toString());
  }
}
