package rankine.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import rankine.common.RunException;
import rankine.common.io.ShutdownCleanup;

/**
 * A new folder of JSON Lines on any file system of Hadoop: {@code part-00000.jsonl} and so on,
 * which one after the other are what {@code eval} writes to one file.
 */
final class PredictionFolder {
  private final FileSystem files;
  private final Path target;

  private PredictionFolder(FileSystem files, Path target) {
    this.files = files;
    this.target = target;
  }

  /**
   * Checks that the folder is absent. Its parents are made where they are missing.
   *
   * @param location a URI, or an absolute path on the driver
   * @throws RunException in one line that names it
   */
  static PredictionFolder checked(String location, SparkConf settings) {
    Path target = HadoopFiles.path(location);
    try {
      FileSystem files = HadoopFiles.of(target, settings);
      PredictionFolder folder = new PredictionFolder(files, files.makeQualified(target));
      folder.requireAbsent();
      return folder;
    } catch (IOException e) {
      throw HadoopFiles.failed(target, "cannot be read", e);
    }
  }

  private void requireAbsent() throws IOException {
    if (files.exists(target)) {
      throw new RunException(target + ": expected a new folder to be made, found one of that name");
    }
  }

  /**
   * Starts the files under a hidden name beside the target.
   *
   * @param size lines of a file
   */
  Parts parts(int size) {
    return new Parts(size);
  }

  /** The files, which {@link #commit} renames as one. */
  final class Parts implements AutoCloseable {
    private final Path temporary =
        new Path(target.getParent(), "." + target.getName() + "." + UUID.randomUUID() + ".tmp");
    private final ShutdownCleanup cleanup = ShutdownCleanup.of(this::delete);
    private final int size;
    private int lines;
    private FSDataOutputStream out;

    private Parts(int size) {
      this.size = size;
    }

    /** Adds a line. */
    void write(ObjectNode line) {
      try {
        if (lines % size == 0) {
          finishFile();
          out = files.create(new Path(temporary, "part-%05d.jsonl".formatted(lines / size)), false);
        }
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        lines++;
      } catch (IOException e) {
        throw HadoopFiles.failed(target, "cannot be written", e);
      }
    }

    private void finishFile() throws IOException {
      if (out != null) {
        HadoopFiles.close(out);
        out = null;
      }
    }

    /** Renames the folder to the target. */
    void commit() {
      try {
        finishFile();
        requireAbsent();
        if (!files.rename(temporary, target)) {
          throw new IOException("the temporary folder cannot be renamed");
        }
      } catch (IOException e) {
        throw HadoopFiles.failed(target, "cannot be written", e);
      }
    }

    /** Deletes the temporary folder, unless committed. */
    @Override
    public void close() {
      delete();
      cleanup.close();
    }

    private void delete() {
      try (FSDataOutputStream _ = out) {
        files.delete(temporary, true);
      } catch (IOException e) {
        // The earlier failure is the one to report; the name tells that the folder is temporary.
        return;
      }
    }
  }
}
