package rankine.engine.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import rankine.common.CheckpointException;

/** The weight files of a checkpoint, open and mapped until {@link #close}. */
final class WeightFiles implements AutoCloseable {
  private record MappedFile(FileChannel channel, MemorySegment mapping) {}

  private final Arena arena = Arena.ofShared();
  private final Map<Path, MappedFile> files = new LinkedHashMap<>();

  /** Checks and maps the weight file {@code path}, which resolves to {@code real}. */
  SafetensorsHeader open(Path path, Path real) {
    try {
      FileChannel channel = Channels.open(real);
      try {
        SafetensorsHeader header = SafetensorsHeader.read(path, channel);
        MemorySegment mapping =
            channel.map(FileChannel.MapMode.READ_ONLY, 0, header.fileBytes(), arena);
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

  /** Like {@link Checkpoint#data}, for a tensor of one of these files. */
  MemorySegment data(TensorInfo tensor) {
    return files.get(tensor.file()).mapping.asSlice(tensor.offset(), tensor.bytes());
  }

  /**
   * Like {@link Checkpoint#read}, for a byte range that is inside a tensor of one of these files.
   */
  void read(TensorInfo tensor, long from, ByteBuffer into) {
    MappedFile file = files.get(tensor.file());
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

  /** Unmaps and closes the files. Segments from {@link #data} become invalid. */
  @Override
  public void close() {
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
  }
}
