package rankine.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A print stream that keeps the reason of its first failure; {@link PrintStream} drops it. */
final class WatchedStream extends PrintStream {
  private final Watch watch;

  /** Prints to {@code target} in UTF-8. */
  WatchedStream(OutputStream target) {
    this(new Watch(target));
  }

  private WatchedStream(Watch watch) {
    super(new BufferedOutputStream(watch), true, StandardCharsets.UTF_8);
    this.watch = watch;
  }

  /** Returns why the first failed write failed; empty if none did. */
  Optional<IOException> failure() {
    return Optional.ofNullable(watch.failure);
  }

  private static final class Watch extends OutputStream {
    private final OutputStream target;
    private IOException failure;

    Watch(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      try {
        target.write(bytes, from, count);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
    }
  }
}
