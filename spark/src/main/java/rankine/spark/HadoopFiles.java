package rankine.spark;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import rankine.common.RunException;
import rankine.common.io.Shown;

/** File systems by Spark's own client. */
final class HadoopFiles {
  private HadoopFiles() {}

  /**
   * Parses a location.
   *
   * @param location a URI, or an absolute path on the driver's machine
   */
  static Path path(String location) {
    if (location.startsWith("/")) {
      return new Path("file", "", location);
    }
    try {
      return new Path(location);
    } catch (IllegalArgumentException e) {
      throw new RunException("%s: expected a URI, found none".formatted(Shown.value(location)), e);
    }
  }

  /**
   * Returns the file system of a path, with the settings {@code spark.hadoop.*}; a local one as it
   * is, without files of checksums.
   */
  static FileSystem of(Path path, SparkConf settings) throws IOException {
    FileSystem files = path.getFileSystem(SparkHadoopUtil.get().newConfiguration(settings));
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /** Closes a file that is on disk then, where the file system promises it. */
  static void close(FSDataOutputStream out) throws IOException {
    try (out) {
      if (out.hasCapability(StreamCapabilities.HSYNC)) {
        out.hsync();
      }
    }
  }

  /** Creates the exception for a file that cannot be read or written. */
  static RunException failed(Path path, String what, IOException e) {
    return new RunException("%s: %s: %s".formatted(path, what, Shown.reason(e)), e);
  }
}
