import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks or rewrites the format of every Java file: {@code Format.java check|write ROOT}. */
class Format {
  public static void main(String[] args) throws IOException, FormatterException {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    var options = JavaFormatterOptions.defaultOptions();
    var formatter = new Formatter(options);
    List<Path> files;
    try (var walk = Files.walk(root)) {
      files =
          walk.filter(p -> p.toString().endsWith(".java"))
              .filter(p -> !root.relativize(p).toString().contains("target"))
              .sorted()
              .toList();
    }
    int differing = 0;
    for (Path file : files) {
      String before = Files.readString(file);
      String after;
      try {
        String tidy = RemoveUnusedImports.removeUnusedImports(before);
        tidy = ImportOrderer.reorderImports(tidy, options.style());
        after = formatter.formatSource(tidy);
      } catch (FormatterException e) {
        throw new FormatterException(file + ": " + e.getMessage());
      }
      if (!after.equals(before)) {
        differing++;
        if (write) {
          Files.writeString(file, after);
        }
        System.err.println((write ? "formatted " : "not formatted: ") + root.relativize(file));
      }
    }
    if (differing > 0 && !write) {
      System.err.println("run: mvn -N validate exec:exec@format");
      System.exit(1);
    }
  }
}
