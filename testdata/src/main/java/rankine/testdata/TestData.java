package rankine.testdata;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/**
 * Locates the files that tests read. It finds the repository from a build or an IDE, without system
 * properties. A missing file or folder is an {@link IllegalStateException} that names the expected
 * path: no test is skipped because of missing data.
 *
 * <p>{@code testdata/README.md} describes the files.
 */
public final class TestData {
  /** The file that identifies the root of the repository. */
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

  /** The chat template or renderings {@code testdata/chat/NAME}. */
  public static Path chat(String name) {
    return present(root().resolve("testdata/chat").resolve(name));
  }

  /** The text {@code testdata/text/NAME}. */
  public static Path text(String name) {
    return present(root().resolve("testdata/text").resolve(name));
  }

  /** The inputs of one fuzz target, {@code testdata/fuzz/LABEL}. */
  public static Path fuzz(String label) {
    return present(root().resolve("testdata/fuzz").resolve(label));
  }

  /** The built-in demonstration: {@code checkpoint}, {@code data/sentiment}, {@code data/topic}. */
  public static Path demo() {
    return present(root().resolve("demo"));
  }

  /**
   * {@code ../shared/PATH}: real data sets and tokenizers, next to the repository. Only tests with
   * the tag "shared" may read it; {@code mvn -Pshared verify} runs them.
   */
  public static Path shared(String path) {
    return present(root().resolveSibling("shared").resolve(path));
  }

  /**
   * The root of the repository: the first folder with {@code testdata/README.md}, searched upwards
   * from this class, then from the working directory.
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

  /** The location of this class, or null if its loader does not report one. */
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
