package rankine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import rankine.engine.chat.ChatMessage;
import rankine.engine.chat.ChatTemplate;
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

  /** The input is the chat template. */
  static FuzzTarget.Input chatTemplate(Path folder) throws IOException {
    Files.copy(TestData.fuzz("tokenizer-json").resolve("small"), folder.resolve("tokenizer.json"));
    Tokenizer tokenizer = Tokenizers.load(folder);
    List<ChatMessage> turns =
        List.of(
            new ChatMessage("system", "Be kind."),
            new ChatMessage("user", TEXT),
            new ChatMessage("assistant", "<think>why</think> yes"),
            new ChatMessage("user", ""));
    Path file = folder.resolve("chat_template.jinja");
    return bytes -> {
      Files.write(file, bytes);
      tokenizer.encode(ChatTemplate.load(folder).render(tokenizer, turns, true));
    };
  }
}
