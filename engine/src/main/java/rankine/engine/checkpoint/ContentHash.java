package rankine.engine.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import rankine.common.CheckpointException;
import rankine.common.io.Sha256;

/** SHA-256 of several files, one thread per file; {@link Checkpoint#hash} defines it. */
final class ContentHash {
  private static final int BUFFER_BYTES = 1 << 18;

  private ContentHash() {}

  static String of(List<OpenedFile> files) {
    StringBuilder lines = new StringBuilder();
    List<String> digests = digests(files);
    for (int i = 0; i < files.size(); i++) {
      lines.append(digests.get(i)).append("  ").append(files.get(i).name()).append('\n');
    }
    return Sha256.hex(lines.toString());
  }

  private static List<String> digests(List<OpenedFile> files) {
    int threads = Math.min(files.size(), Runtime.getRuntime().availableProcessors());
    ExecutorService pool =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory());
    try {
      List<Future<String>> running = new ArrayList<>();
      for (OpenedFile file : files) {
        running.add(pool.submit(() -> digest(file)));
      }
      List<String> digests = new ArrayList<>();
      for (Future<String> digest : running) {
        digests.add(digest.get());
      }
      return digests;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CheckpointException.io(files.getFirst().path(), "hashing was interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CheckpointException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private static String digest(OpenedFile file) {
    file.checkUnchanged();
    Sha256 sha256 = new Sha256();
    byte[] chunk = new byte[BUFFER_BYTES];
    long position = 0;
    try (FileChannel channel = Channels.open(file.path())) {
      for (int n = 0; n >= 0; n = channel.read(ByteBuffer.wrap(chunk), position)) {
        sha256.add(ByteBuffer.wrap(chunk, 0, n));
        position += n;
      }
    } catch (IOException e) {
      throw CheckpointException.io(file.path(), "cannot be read", e);
    }
    file.checkUnchanged();
    return sha256.hex();
  }
}
