package rankine.engine.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.common.CheckpointException;
import rankine.common.Fault;

/** The weight files of a checkpoint, open and in memory until {@link #close}. */
final class WeightFiles implements AutoCloseable {
  private static final int COPY_BYTES = 1 << 30;

  /** A file and its bytes: mapped, or copied. */
  private record MappedFile(FileChannel channel, MemorySegment mapping) {}

  private final Arena arena = Arena.ofShared();
  private final boolean copied;
  private final Map<Path, MappedFile> files = new LinkedHashMap<>();

  /**
   * @param copied whether to copy the files into memory instead of mapping them
   */
  WeightFiles(boolean copied) {
    this.copied = copied;
  }

  /** Returns whether the files were copied into memory. */
  boolean copied() {
    return copied;
  }

  /** Checks and maps the weight file {@code path}, which resolves to {@code real}. */
  SafetensorsHeader open(Path path, Path real) {
    try {
      FileChannel channel = Channels.open(real);
      try {
        SafetensorsHeader header = SafetensorsHeader.read(path, channel);
        MemorySegment mapping =
            copied
                ? copy(channel, header.fileBytes())
                : channel.map(FileChannel.MapMode.READ_ONLY, 0, header.fileBytes(), arena);
        files.put(path, new MappedFile(channel, mapping));
        return header;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw CheckpointException.io(path, "cannot be mapped", e);
    }
  }

  private MemorySegment copy(FileChannel channel, long bytes) throws IOException {
    MemorySegment memory = arena.allocate(bytes, 64);
    for (long at = 0; at < bytes; at += COPY_BYTES) {
      long count = Math.min(COPY_BYTES, bytes - at);
      Channels.readFully(channel, memory.asSlice(at, count).asByteBuffer(), at);
    }
    return memory.asReadOnly();
  }

  /** Like {@link Checkpoint#data}, for a tensor of one of these files. */
  MemorySegment data(TensorInfo tensor) {
    return file(tensor).mapping.asSlice(tensor.offset(), tensor.bytes());
  }

  private MappedFile file(TensorInfo tensor) {
    MappedFile file = files.get(tensor.file());
    if (file == null) {
      throw new IllegalStateException("the checkpoint is closed");
    }
    return file;
  }

  /**
   * Like {@link Checkpoint#read}, for a byte range that is inside a tensor of one of these files.
   */
  void read(TensorInfo tensor, long from, ByteBuffer into) {
    MappedFile file = file(tensor);
    int start = into.position();
    int end = into.limit();
    try {
      Channels.readFully(file.channel, into, tensor.offset() + from);
    } catch (ClosedChannelException e) {
      // Interrupting a reading thread closes the channel for all threads; the mapping stays valid.
      into.limit(end).position(start);
      into.put(file.mapping.asSlice(tensor.offset() + from, end - start).asByteBuffer()).flip();
    } catch (IOException e) {
      throw CheckpointException.io(tensor.file(), "cannot be read", e);
    }
  }

  /** Returns the total size of the files, headers included. */
  long bytes() {
    return files.values().stream().mapToLong(file -> file.mapping.byteSize()).sum();
  }

  /**
   * Unmaps and closes the files. Segments from {@link #data} become invalid.
   *
   * @throws CheckpointException {@link Fault#FILE_CHANGED} if a mapped file is shorter than when it
   *     was opened: reads beyond its end have failed, or returned other bytes
   */
  @Override
  public void close() {
    List<CheckpointException> shortened = copied ? List.of() : shortened();
    if (arena.scope().isAlive()) {
      arena.close();
    }
    files.forEach(
        (path, file) -> {
          try {
            file.channel.close();
          } catch (IOException e) {
            throw CheckpointException.io(path, "cannot be closed", e);
          }
        });
    files.clear();
    if (!shortened.isEmpty()) {
      throw shortened.getFirst();
    }
  }

  private List<CheckpointException> shortened() {
    List<CheckpointException> shortened = new ArrayList<>();
    files.forEach(
        (path, file) -> {
          try {
            // A thread that was interrupted as it read has closed the channel.
            long found = file.channel.isOpen() ? file.channel.size() : Files.size(path);
            if (found < file.mapping.byteSize()) {
              shortened.add(
                  CheckpointException.of(
                      Fault.FILE_CHANGED,
                      path,
                      "expected the %d bytes that were opened until the end, found %d: the file was"
                              .formatted(file.mapping.byteSize(), found)
                          + " shortened meanwhile"));
            }
          } catch (IOException e) {
            shortened.add(CheckpointException.io(path, "cannot be read", e));
          }
        });
    return shortened;
  }
}
