package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.common.CheckpointException;
import rankine.common.Fault;

/**
 * The header of one safetensors file, checked against every rule of the format: 8 bytes of
 * little-endian header length, a JSON object, then the bytes of the tensors without gap or overlap
 * up to the end of the file. Reading it accesses no byte after the header.
 *
 * <p>Any white space may follow the JSON object, as in the reference implementation; the format
 * description allows only spaces. An entry with a field besides {@code dtype}, {@code shape} and
 * {@code data_offsets} is an error; the reference implementation ignores such a field.
 *
 * @param file the file
 * @param metadata the string-to-string map {@code __metadata__}; empty if absent
 * @param tensors in order of their offsets
 * @param dataStart offset of the first byte after the header
 * @param fileBytes size of the file
 */
public record SafetensorsHeader(
    Path file,
    Map<String, String> metadata,
    List<TensorInfo> tensors,
    long dataStart,
    long fileBytes) {

  /** Size limit of a header, as in the reference implementation. */
  public static final int MAX_HEADER_BYTES = 100_000_000;

  /** What {@code "version "}, with which a pointer of Git LFS begins, is as a header length. */
  private static final long LFS_POINTER = 0x206e6f6973726576L;

  /** Size of the header length at the start of the file. */
  static final int PREFIX_BYTES = Long.BYTES;

  public SafetensorsHeader {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    tensors = List.copyOf(tensors);
  }

  /**
   * Reads and checks the header of {@code file}.
   *
   * @throws CheckpointException if the file cannot be read or breaks the format
   */
  public static SafetensorsHeader read(Path file) {
    try (FileChannel channel = Channels.open(file)) {
      return read(file, channel);
    } catch (IOException e) {
      throw CheckpointException.io(file, "cannot be read", e);
    }
  }

  /** Like {@link #read(Path)}, from an open channel; errors name {@code file}. */
  static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
    long fileBytes = channel.size();
    if (fileBytes < PREFIX_BYTES) {
      throw CheckpointException.of(
          Fault.FILE_TOO_SMALL,
          file,
          "expected at least " + PREFIX_BYTES + " bytes, found " + fileBytes);
    }
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Channels.readFully(channel, prefix, 0);
    long length = prefix.getLong();
    if (length == LFS_POINTER) {
      throw CheckpointException.of(
          Fault.HEADER_TOO_LARGE,
          file,
          "expected tensors, found a pointer of Git LFS to them (git lfs pull fetches them)");
    }
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw CheckpointException.of(
          Fault.HEADER_TOO_LARGE,
          file,
          "expected a header of at most "
              + MAX_HEADER_BYTES
              + " bytes, found "
              + Long.toUnsignedString(length));
    }
    if (length > fileBytes - PREFIX_BYTES) {
      throw CheckpointException.of(
          Fault.HEADER_OUTSIDE_FILE,
          file,
          "expected a header of at most "
              + (fileBytes - PREFIX_BYTES)
              + " bytes in a file of "
              + fileBytes
              + ", found "
              + length);
    }
    ByteBuffer json = ByteBuffer.allocate((int) length);
    Channels.readFully(channel, json, PREFIX_BYTES);
    return HeaderParser.parse(file, json.array(), fileBytes);
  }
}
