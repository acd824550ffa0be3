package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.function.Executable;
import rankine.common.CheckpointException;
import rankine.common.Fault;

/** Builds files byte by byte, so that tests do not depend on the writer under test. */
final class Raw {
  private Raw() {}

  /** Returns a safetensors file with that header and {@code dataBytes} data bytes 0, 1, 2, ... */
  static byte[] safetensors(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(json.length).put(json);
    for (int i = 0; i < dataBytes; i++) {
      out.put((byte) i);
    }
    return out.array();
  }

  /** Returns a header entry. */
  static String entry(String name, String dtype, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, shape, begin, end);
  }

  static Path write(Path file, byte[] bytes) throws IOException {
    return Files.write(file, bytes);
  }

  static Path write(Path file, String text) throws IOException {
    return Files.writeString(file, text);
  }

  /** Writes a shard with one tensor of two bytes. */
  static void shard(Path folder, String name, String tensor) throws IOException {
    write(folder.resolve(name), safetensors("{" + entry(tensor, "U8", "[2]", 0, 2) + "}", 2));
  }

  /** Writes the index of shards, with that {@code weight_map}. */
  static void index(Path folder, String weightMap) throws IOException {
    write(folder.resolve("model.safetensors.index.json"), "{\"weight_map\":" + weightMap + "}");
  }

  /** Asserts that {@code action} fails with that fault and a one-line message with those parts. */
  static CheckpointException refused(Fault fault, Executable action, String... parts) {
    CheckpointException e = assertThrows(CheckpointException.class, action);
    assertEquals(fault, e.fault(), e.getMessage());
    assertOneLine(e);
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage() + " lacks " + part);
    }
    return e;
  }

  static void assertOneLine(CheckpointException e) {
    assertFalse(e.getMessage().chars().anyMatch(Character::isISOControl), e.getMessage());
    assertTrue(e.getMessage().length() < 1000, e.getMessage());
  }
}
