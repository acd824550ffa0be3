package rankine.benchmarks;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import rankine.kernels.DType;

/**
 * Writes one safetensors file, tensor after tensor, in pieces: eight bytes with the header's length
 * (little-endian), the header as JSON, padded with spaces to a multiple of eight, then the data.
 */
final class SafetensorsWriter {
  private static final int PIECE = 1 << 16;

  /**
   * A tensor to be written.
   *
   * @param values its elements in row-major order
   */
  record Tensor(String name, List<Long> shape, Values values) {
    long count() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  /** A source of values, asked once for each element, in order. */
  interface Values {
    float next();
  }

  private SafetensorsWriter() {}

  /**
   * Writes {@code tensors} to a temporary file beside {@code file} and then renames it, so that
   * {@code file} is never seen unfinished.
   */
  static void write(Path file, DType dtype, List<Tensor> tensors) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(unfinished, CREATE, TRUNCATE_EXISTING, WRITE);
          Arena arena = Arena.ofConfined()) {
        byte[] header = header(dtype, tensors);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        writeFully(channel, length.putLong(header.length).flip());
        writeFully(channel, ByteBuffer.wrap(header));
        MemorySegment piece = arena.allocate((long) PIECE * dtype.bytes());
        for (Tensor tensor : tensors) {
          write(channel, dtype, tensor, piece);
        }
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static byte[] header(DType dtype, List<Tensor> tensors) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    long offset = 0;
    for (Tensor tensor : tensors) {
      long end = offset + tensor.count() * dtype.bytes();
      ObjectNode entry = root.putObject(tensor.name());
      entry.put("dtype", dtype.name());
      tensor.shape().forEach(entry.withArray("shape")::add);
      entry.withArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    String text = json.writeValueAsString(root);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int padding = -bytes.length & (Long.BYTES - 1);
    return (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
  }

  private static void write(FileChannel channel, DType dtype, Tensor tensor, MemorySegment piece)
      throws IOException {
    long left = tensor.count();
    while (left > 0) {
      int count = (int) Math.min(left, PIECE);
      for (int i = 0; i < count; i++) {
        RandomMatrix.put(piece, dtype, i, tensor.values().next());
      }
      writeFully(channel, piece.asSlice(0, (long) count * dtype.bytes()).asByteBuffer());
      left -= count;
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
