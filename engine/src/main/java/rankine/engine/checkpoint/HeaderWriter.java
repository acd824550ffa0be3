package rankine.engine.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rankine.common.io.Shown;

/** Writes a safetensors header for contiguous tensors in the given order, padded to 8 bytes. */
final class HeaderWriter {
  private static final int ALIGNMENT = 8;

  private HeaderWriter() {}

  /** The header entry of one tensor, without its offsets. */
  record TensorHeader(String name, SafetensorsDType type, List<Long> shape, long bytes) {}

  /**
   * Returns the JSON, padded with spaces.
   *
   * @throws IllegalArgumentException for two tensors of the same name, or a header above {@link
   *     SafetensorsHeader#MAX_HEADER_BYTES}
   */
  static byte[] json(Map<String, String> metadata, List<TensorHeader> tensors) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    if (!metadata.isEmpty()) {
      ObjectNode texts = root.putObject(HeaderParser.METADATA);
      metadata.forEach(texts::put);
    }
    Set<String> names = new HashSet<>();
    long offset = 0;
    for (TensorHeader tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors named " + Shown.name(tensor.name()));
      }
      ObjectNode entry = root.putObject(tensor.name());
      entry.put("dtype", tensor.type().name());
      tensor.shape().forEach(entry.putArray("shape")::add);
      long end = Math.addExact(offset, tensor.bytes());
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    StringBuilder json = new StringBuilder(root.toString());
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    int padding = (ALIGNMENT - bytes.length % ALIGNMENT) % ALIGNMENT;
    bytes = json.repeat(' ', padding).toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length > SafetensorsHeader.MAX_HEADER_BYTES) {
      throw new IllegalArgumentException("a header of " + bytes.length + " bytes");
    }
    return bytes;
  }

  /** Writes the length prefix and the JSON at the channel's position. */
  static void write(FileChannel channel, byte[] json) throws IOException {
    ByteBuffer prefix =
        ByteBuffer.allocate(SafetensorsHeader.PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Channels.writeFully(channel, prefix.putLong(0, json.length));
    Channels.writeFully(channel, ByteBuffer.wrap(json));
  }
}
