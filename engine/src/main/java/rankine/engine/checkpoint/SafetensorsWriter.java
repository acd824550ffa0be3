package rankine.engine.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.io.AtomicFile;
import rankine.common.io.Shown;

/**
 * Writes one safetensors file atomically: to a temporary file in the folder of the target, which is
 * synced to disk and renamed to the target.
 *
 * <p>Tensors are ordered by descending element size, then by name, and the header is padded to 8
 * bytes. So every element is aligned to its size, and equal tensors give equal files.
 */
public final class SafetensorsWriter {
  private static final int BUFFER_BYTES = 1 << 22;

  private SafetensorsWriter() {}

  /**
   * Writes {@code tensors} to {@code file}, and replaces the file if it exists.
   *
   * @param metadata the {@code __metadata__} map; transformers requires {@code format} = {@code pt}
   * @throws IllegalArgumentException for two tensors of the same name, a segment whose size does
   *     not match its shape, or a header above {@link SafetensorsHeader#MAX_HEADER_BYTES}
   * @throws CheckpointException {@link Fault#IO} if the file system fails; no temporary file
   *     remains
   */
  public static void write(Path file, Map<String, String> metadata, List<NewTensor> tensors) {
    List<NewTensor> ordered =
        tensors.stream()
            .sorted(
                Comparator.comparingInt((NewTensor tensor) -> -tensor.dtype().bytes())
                    .thenComparing(NewTensor::name))
            .toList();
    byte[] header =
        HeaderWriter.json(metadata, ordered.stream().map(SafetensorsWriter::entry).toList());
    try {
      AtomicFile.write(
          file,
          temporary -> {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
              HeaderWriter.write(channel, header);
              append(channel, ordered);
            }
          });
    } catch (IOException e) {
      throw CheckpointException.io(file, "cannot be written", e);
    }
  }

  static HeaderWriter.TensorHeader entry(NewTensor tensor) {
    return new HeaderWriter.TensorHeader(
        tensor.name(), SafetensorsDType.of(tensor.dtype()), tensor.shape(), tensor.bytes());
  }

  /** Writes the elements of {@code tensors} contiguously at the channel's position. */
  static void append(FileChannel channel, List<NewTensor> tensors) throws IOException {
    // Through a buffer, because a segment may exceed 2 GiB or be a float array on the heap.
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    for (NewTensor tensor : tensors) {
      MemorySegment data = tensor.data().get();
      if (data.byteSize() != tensor.bytes()) {
        throw new IllegalArgumentException(
            Shown.name(tensor.name())
                + ": expected "
                + tensor.bytes()
                + " bytes, found "
                + data.byteSize());
      }
      for (long at = 0; at < data.byteSize(); at += BUFFER_BYTES) {
        int n = (int) Math.min(BUFFER_BYTES, data.byteSize() - at);
        MemorySegment.copy(data, at, MemorySegment.ofBuffer(buffer.clear()), 0, n);
        Channels.writeFully(channel, buffer.limit(n));
      }
    }
  }
}
