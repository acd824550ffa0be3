package rankine.testdata;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * The one place that knows where the tests' files are. It finds the repository by itself, from a
 * build or from an IDE, without system properties. A file or folder that is missing is an {@link
 * IllegalStateException} that names the expected path: no test is skipped for missing data.
 *
 * <p>{@code testdata/README.md} says what the files are.
 */
public final class TestData {
  /** The page of the test data, by which the repository's folder is known. */
  private static final String MARK = "testdata/README.md";

  private TestData() {}

  /** The checkpoint {@code testdata/models/NAME}. */
  public static Path model(String name) {
    return present(root().resolve("testdata/models").resolve(name));
  }

  /** The tokenizer {@code testdata/tokenizers/NAME}. */
  public static Path tokenizer(String name) {
    return present(root().resolve("testdata/tokenizers").resolve(name));
  }

  /** The data set {@code testdata/tasks/NAME}, in the format of the task of that name. */
  public static Path task(String name) {
    return present(root().resolve("testdata/tasks").resolve(name));
  }

  /** The text {@code testdata/text/NAME}. */
  public static Path text(String name) {
    return present(root().resolve("testdata/text").resolve(name));
  }

  /** The built-in demonstration: {@code checkpoint}, {@code data/sentiment}, {@code data/topic}. */
  public static Path demo() {
    return present(root().resolve("demo"));
  }

  /**
   * {@code ../shared/PATH}: real data sets and tokenizers, which lie beside the repository. Only
   * tests with the tag "shared" may ask for it; {@code mvn -Pshared verify} runs them.
   */
  public static Path shared(String path) {
    return present(root().resolveSibling("shared").resolve(path));
  }

  /**
   * The repository's folder: the first that has the page of the test data, upwards from this class
   * and then from the working directory.
   */
  public static Path root() {
    Path code = codeFolder();
    Path work = Path.of("").toAbsolutePath();
    for (Path start : new Path[] {code, work}) {
      for (Path folder = start; folder != null; folder = folder.getParent()) {
        if (Files.isRegularFile(folder.resolve(MARK))) {
          return folder;
        }
      }
    }
    throw new IllegalStateException(
        "test data: expected " + MARK + " in a folder above " + code + " or " + work);
  }

  /** Where this class was loaded from, or null if its loader does not say. */
  private static Path codeFolder() {
    CodeSource source = TestData.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return null;
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("test data: no path: " + source.getLocation(), e);
    }
  }

  private static Path present(Path path) {
    if (!Files.exists(path)) {
      throw new IllegalStateException("test data: expected " + path + ", found nothing");
    }
    return path;
  }
}
