package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Copies a safetensors file: the same tensors with the same types, shapes and order, more metadata,
 * and other bytes only where an edit writes them. The operating system copies the data, so none of
 * it need be in memory.
 */
final class SafetensorsCopy {
  private SafetensorsCopy() {}

  /**
   * Writes {@code copy}, which must not exist, and waits until it is on the disk.
   *
   * @param more added to the original's metadata; replaces entries of the same key
   */
  static void write(Path original, Path copy, Map<String, String> more, TensorEdit edit) {
    SafetensorsHeader header = SafetensorsHeader.read(original);
    byte[] json = json(header, more);
    long dataStart = SafetensorsHeader.PREFIX_BYTES + (long) json.length;
    try (FileChannel from = Channels.open(original);
        FileChannel to =
            FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      HeaderWriter.write(to, json);
      Channels.transfer(from, header.dataStart(), header.fileBytes(), to);
      for (TensorInfo tensor : header.tensors()) {
        long start = dataStart + tensor.offset() - header.dataStart();
        edit.apply(
            tensor,
            (offset, bytes) -> {
              Objects.checkFromIndexSize(offset, (long) bytes.remaining(), tensor.bytes());
              Channels.writeFully(to.position(start + offset), bytes);
            });
      }
      to.force(true);
    } catch (IOException e) {
      throw CheckpointException.io(copy, "cannot be written", e);
    }
  }

  private static byte[] json(SafetensorsHeader header, Map<String, String> more) {
    Map<String, String> metadata = new LinkedHashMap<>(header.metadata());
    metadata.putAll(more);
    List<HeaderWriter.Entry> entries =
        header.tensors().stream()
            .map(t -> new HeaderWriter.Entry(t.name(), t.type(), t.shape(), t.bytes()))
            .toList();
    try {
      return HeaderWriter.json(metadata, entries);
    } catch (IllegalArgumentException e) {
      throw CheckpointException.of(
          Fault.HEADER_TOO_LARGE,
          header.file(),
          "expected room for metadata in a header of at most "
              + SafetensorsHeader.MAX_HEADER_BYTES
              + " bytes, found "
              + e.getMessage());
    }
  }
}
