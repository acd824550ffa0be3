package rankine.benchmarks.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A small GGUF file, parsed by the format's description; the parser checks that counts and offsets
 * cover the file exactly.
 *
 * @param metadata String, Integer or Float by key
 * @param tensors tensors by name
 */
record GgufFile(Map<String, Object> metadata, Map<String, GgufTensor> tensors) {
  /**
   * @param sizes innermost dimension first
   * @param type ggml's id of the dtype
   * @param data the bytes up to the next multiple of 32
   */
  record GgufTensor(List<Long> sizes, int type, ByteBuffer data) {
    float f32(int index) {
      return data.getFloat(4 * index);
    }

    float f16(int index) {
      return Float.float16ToFloat(data.getShort(2 * index));
    }
  }

  private record Entry(List<Long> sizes, int type, long offset) {}

  static GgufFile read(Path path) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    if (file.getInt() != 0x46554747 || file.getInt() != 3) {
      throw new AssertionError("not a GGUF file of version 3");
    }
    long tensorCount = file.getLong();
    long metadataCount = file.getLong();
    Map<String, Object> metadata = new LinkedHashMap<>();
    for (long i = 0; i < metadataCount; i++) {
      String key = text(file);
      int type = file.getInt();
      metadata.put(
          key,
          switch (type) {
            case 4 -> file.getInt();
            case 6 -> file.getFloat();
            case 8 -> text(file);
            case 9 -> texts(file);
            default -> throw new AssertionError(key + ": type " + type);
          });
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (long i = 0; i < tensorCount; i++) {
      String name = text(file);
      List<Long> sizes = new ArrayList<>();
      int rank = file.getInt();
      for (int d = 0; d < rank; d++) {
        sizes.add(file.getLong());
      }
      entries.put(name, new Entry(sizes, file.getInt(), file.getLong()));
    }
    int start = Math.ceilDiv(file.position(), 32) * 32;
    Map<String, GgufTensor> tensors = new LinkedHashMap<>();
    long end = 0;
    for (Map.Entry<String, Entry> named : entries.entrySet()) {
      Entry entry = named.getValue();
      if (entry.offset != end) {
        throw new AssertionError(named.getKey() + " at " + entry.offset + ", expected " + end);
      }
      long elements = entry.sizes.stream().reduce(1L, Math::multiplyExact);
      long bytes = elements * (entry.type == 0 ? 4 : 2);
      end = Math.ceilDiv(entry.offset + bytes, 32) * 32;
      ByteBuffer data =
          file.slice((int) (start + entry.offset), (int) (end - entry.offset))
              .order(ByteOrder.LITTLE_ENDIAN);
      tensors.put(named.getKey(), new GgufTensor(entry.sizes, entry.type, data));
    }
    if (start + end != file.limit()) {
      throw new AssertionError("expected to end at " + (start + end) + ", not " + file.limit());
    }
    return new GgufFile(metadata, tensors);
  }

  private static List<String> texts(ByteBuffer file) {
    if (file.getInt() != 8) {
      throw new AssertionError("an array of something other than texts");
    }
    long count = file.getLong();
    return Stream.generate(() -> text(file)).limit(count).toList();
  }

  private static String text(ByteBuffer file) {
    byte[] bytes = new byte[(int) file.getLong()];
    file.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
