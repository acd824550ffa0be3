package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import rankine.testdata.TestData;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/** Inputs that are files of a tokenizer. */
final class FuzzTokenizers {
  private static final String TEXT = "Hello <s>  \ud83d\ude00\n the 1234 caf\u00e9's\t";

  private FuzzTokenizers() {}

  /**
   * The input is one file.
   *
   * @param others the other files, which stay intact
   */
  static FuzzTarget.Input file(Path folder, String name, List<String> others) throws IOException {
    for (String other : others) {
      String label = other.replaceFirst("\\..*", other.equals("tokenizer.json") ? "-json" : "");
      Files.copy(TestData.fuzz(label).resolve("small"), folder.resolve(other));
    }
    Path file = folder.resolve(name);
    return bytes -> {
      Files.write(file, bytes);
      Tokenizer tokenizer = Tokenizers.load(folder);
      tokenizer.decode(tokenizer.encode(TEXT));
    };
  }
}
