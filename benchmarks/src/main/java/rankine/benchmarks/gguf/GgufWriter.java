package rankine.benchmarks.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import rankine.common.io.AtomicFile;
import rankine.engine.checkpoint.NewTensor;
import rankine.kernels.DType;

/**
 * Writes one GGUF file, version 3, little-endian (format: {@code docs/gguf.md} of ggml): a header,
 * the metadata, an entry per tensor, then the data, each tensor aligned to {@link #ALIGNMENT}.
 */
final class GgufWriter {
  /** Bytes; the format's default. */
  static final int ALIGNMENT = 32;

  private static final int VERSION = 3;
  private static final int BUFFER_BYTES = 1 << 22;

  /** The format's ids of metadata types. */
  private static final int TYPE_UINT32 = 4;

  private static final int TYPE_FLOAT32 = 6;
  private static final int TYPE_STRING = 8;
  private static final int TYPE_ARRAY = 9;

  private final ByteArrayOutputStream header = new ByteArrayOutputStream();

  private GgufWriter() {}

  /**
   * Writes {@code tensors}, in their order, to {@code file}; it is renamed to its name when it is
   * complete.
   *
   * @throws IllegalArgumentException for a tensor with data of another size than its shape
   */
  static void write(Path file, Map<String, GgufValue> metadata, List<NewTensor> tensors)
      throws IOException {
    byte[] header = new GgufWriter().header(metadata, tensors);
    AtomicFile.write(
        file,
        unfinished -> {
          try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            append(channel, MemorySegment.ofArray(header));
            for (NewTensor tensor : tensors) {
              MemorySegment data = tensor.data().get();
              if (data.byteSize() != tensor.bytes()) {
                throw new IllegalArgumentException(
                    "%s: expected %d bytes, found %d"
                        .formatted(tensor.name(), tensor.bytes(), data.byteSize()));
              }
              append(channel, data);
            }
          }
        });
  }

  private byte[] header(Map<String, GgufValue> metadata, List<NewTensor> tensors) {
    header.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    int32(VERSION);
    int64(tensors.size());
    int64(metadata.size());
    metadata.forEach(this::entry);
    long offset = 0;
    for (NewTensor tensor : tensors) {
      text(tensor.name());
      int32(tensor.shape().size());
      // The innermost dimension comes first.
      tensor.shape().reversed().forEach(this::int64);
      int32(type(tensor.dtype()));
      int64(offset);
      offset += padded(tensor.bytes());
    }
    return header.toByteArray();
  }

  private void entry(String key, GgufValue value) {
    text(key);
    switch (value) {
      case GgufValue.GgufText(String text) -> {
        int32(TYPE_STRING);
        text(text);
      }
      case GgufValue.GgufTexts(List<String> texts) -> {
        int32(TYPE_ARRAY);
        int32(TYPE_STRING);
        int64(texts.size());
        texts.forEach(this::text);
      }
      case GgufValue.GgufCount(int count) -> {
        int32(TYPE_UINT32);
        int32(count);
      }
      case GgufValue.GgufReal(float real) -> {
        int32(TYPE_FLOAT32);
        int32(Float.floatToIntBits(real));
      }
    }
  }

  /** Returns ggml's id of a dtype. */
  private static int type(DType dtype) {
    return switch (dtype) {
      case F32 -> 0;
      case F16 -> 1;
      case BF16 -> 30;
    };
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int64(bytes.length);
    header.writeBytes(bytes);
  }

  private void int32(int value) {
    header.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void int64(long value) {
    header.writeBytes(
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private static long padded(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  /** Writes {@code data} and pads with zeros to the alignment. */
  private static void append(FileChannel channel, MemorySegment data) throws IOException {
    // Copy through a buffer because a segment may exceed 2 GiB.
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    for (long at = 0; at < data.byteSize(); at += BUFFER_BYTES) {
      int n = (int) Math.min(BUFFER_BYTES, data.byteSize() - at);
      MemorySegment.copy(data, at, MemorySegment.ofBuffer(buffer.clear()), 0, n);
      writeFully(channel, buffer.limit(n));
    }
    writeFully(channel, ByteBuffer.allocate((int) (padded(data.byteSize()) - data.byteSize())));
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
