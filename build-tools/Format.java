import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks or rewrites the format of every Java file: {@code Format.java check|write ROOT}. */
class Format {
  public static void main(String[] args) throws IOException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    List<Path> files;
    try (var walk = Files.walk(root)) {
      files =
          walk.filter(p -> p.toString().endsWith(".java"))
              .filter(p -> !root.relativize(p).toString().contains("target"))
              .sorted()
              .toList();
    }
    List<Path> differing =
        files.parallelStream().filter(file -> differs(file, formatter, write)).toList();
    for (Path file : differing) {
      System.err.println((write ? "formatted " : "not formatted: ") + root.relativize(file));
    }
    if (!differing.isEmpty() && !write) {
      System.err.println("run: mvn -N validate exec:exec@format");
      System.exit(1);
    }
  }

  /**
   * Returns whether the file's layout differs from the formatter's; with {@code write}, fixes it.
   */
  private static boolean differs(Path file, Formatter formatter, boolean write) {
    try {
      String before = Files.readString(file);
      String tidy = RemoveUnusedImports.removeUnusedImports(before);
      tidy = ImportOrderer.reorderImports(tidy, JavaFormatterOptions.Style.GOOGLE);
      String after = formatter.formatSource(tidy);
      if (write && !after.equals(before)) {
        Files.writeString(file, after);
      }
      return !after.equals(before);
    } catch (FormatterException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
