package rankine.spark;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import rankine.common.RunException;
import rankine.common.io.Shown;
import rankine.engine.checkpoint.Checkpoint;

/** Copies files to the executors by Spark, as {@code spark-submit --files} does. */
final class Shipment {
  /** Whether to: {@code --ship}. */
  private static final String SETTING = "spark.rankine.ship";

  /** Configuration and tokenizers; weights are those that the checkpoint names. */
  private static final String SMALL_FILES = "*.{json,model,txt,jinja}";

  private Shipment() {}

  /** Returns the files of a checkpoint that a model or its tokenizer may be read from. */
  static Set<Path> of(Checkpoint checkpoint) {
    Set<Path> files = new LinkedHashSet<>();
    checkpoint.files().forEach(file -> files.add(absolute(file)));
    Path folder = checkpoint.directory();
    try (DirectoryStream<Path> small = Files.newDirectoryStream(folder, SMALL_FILES)) {
      small.forEach(file -> files.add(absolute(file)));
    } catch (IOException e) {
      throw new RunException("%s: cannot be read: %s".formatted(folder, Shown.reason(e)), e);
    }
    return files;
  }

  /** The path that a command line names: links stay links. */
  static Path absolute(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /**
   * Copies the driver's files to all executors, if the settings say so. Executors wait for them
   * before their next task.
   *
   * @param files absolute
   */
  static List<ShippedFile> ship(SparkContext context, Collection<Path> files) {
    SparkConf settings = context.conf();
    if (!settings.getBoolean(SETTING, false)) {
      return List.of();
    }
    List<ShippedFile> shipped = new ArrayList<>();
    for (Path file : files) {
      shipped.add(ship(context, file, file.toString(), shipped.size()));
    }
    return shipped;
  }

  /**
   * Copies one file.
   *
   * @param path that executors shall see it as
   * @param number unique in the application
   */
  static ShippedFile ship(SparkContext context, Path source, String path, int number) {
    // Spark tells files apart by their names alone, so each gets a link of another name.
    String name = "rankine-%d-%s".formatted(number, source.getFileName());
    ShippedFile file = ShippedFile.of(source, path, name);
    try {
      Path folder = Files.createTempDirectory("rankine-ship");
      Path link = Files.createSymbolicLink(folder.resolve(name), source.toRealPath());
      folder.toFile().deleteOnExit();
      link.toFile().deleteOnExit();
      context.addFile(link.toUri().toString());
    } catch (IOException e) {
      throw new RunException("%s: cannot be shipped: %s".formatted(source, Shown.reason(e)), e);
    }
    return file;
  }
}
