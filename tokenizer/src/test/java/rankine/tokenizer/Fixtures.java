package rankine.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The shared test data, and tokenizers loaded from it, each once. */
final class Fixtures {
  /** A text and the ids that the reference implementations give it. */
  record Golden(String text, List<Integer> ids) {
    int[] idArray() {
      return ids.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** One tokenizer, and the files of its folder that it is to be read from. */
  record Source(String folder, List<String> files) {
    static Source all(String folder) {
      return new Source(folder, List.of());
    }

    @Override
    public String toString() {
      return folder + (files.isEmpty() ? "" : " " + files);
    }
  }

  static final ObjectMapper MAPPER = new ObjectMapper();

  static final String GPT2 = "data/tokenizers/gpt2";
  static final String LLAMA2 = "data/tokenizers/llama2";
  static final String LLAMA3 = "data/tokenizers/llama3";
  static final String QWEN3 = "data/tokenizers/qwen3";
  static final String STORIES = "data/models/stories260K";
  static final String DEMO = "demo-model/checkpoint";

  static final List<String> GOLDEN_FOLDERS = List.of(GPT2, LLAMA2, LLAMA3, QWEN3, STORIES);

  private static final Map<Source, Tokenizer> LOADED = new ConcurrentHashMap<>();

  private Fixtures() {}

  /** Every way to read the tokenizers that golden files exist for. */
  static List<Source> goldenSources() {
    List<String> gpt2 = List.of("vocab.json", "merges.txt");
    List<String> sentencePiece = List.of("tokenizer.model");
    return List.of(
        Source.all(GPT2),
        new Source(GPT2, gpt2),
        Source.all(LLAMA2),
        new Source(LLAMA2, List.of("tokenizer.json")),
        new Source(LLAMA2, sentencePiece),
        new Source(LLAMA2, List.of("tokenizer.model", "tokenizer_config.json")),
        Source.all(LLAMA3),
        Source.all(QWEN3),
        Source.all(STORIES),
        new Source(STORIES, sentencePiece));
  }

  /** {@link #goldenSources} and the demonstration checkpoint's tokenizer. */
  static List<Source> allSources() {
    List<Source> sources = new ArrayList<>(goldenSources());
    sources.add(Source.all(DEMO));
    sources.add(new Source(DEMO, List.of("vocab.json", "merges.txt")));
    return sources;
  }

  static Path folder(String name) {
    Path path = Path.of(System.getProperty("rankine.shared"), name);
    if (!Files.isDirectory(path)) {
      String message = "no test data: " + path.toAbsolutePath().normalize();
      if (System.getenv("CI") != null) {
        Assertions.fail(message);
      }
      Assumptions.abort(message);
    }
    return path;
  }

  static Tokenizer load(String folder) {
    return load(Source.all(folder));
  }

  static Tokenizer load(Source source) {
    folder(source.folder);
    return LOADED.computeIfAbsent(source, Fixtures::loadFresh);
  }

  private static Tokenizer loadFresh(Source source) {
    Path folder = folder(source.folder);
    if (source.files.isEmpty()) {
      return Tokenizers.load(folder);
    }
    try {
      Path copy = Files.createTempDirectory("rankine-tokenizer");
      try {
        for (String file : source.files) {
          Files.copy(folder.resolve(file), copy.resolve(file));
        }
        return Tokenizers.load(copy);
      } finally {
        for (String file : source.files) {
          Files.deleteIfExists(copy.resolve(file));
        }
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cases of golden.jsonl or golden_special.jsonl. */
  static List<Golden> golden(String folder, String file) {
    List<Golden> cases = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(folder(folder).resolve(file))) {
        JsonNode json = MAPPER.readTree(line);
        List<Integer> ids = new ArrayList<>();
        json.get("ids").forEach(id -> ids.add(id.intValue()));
        cases.add(new Golden(json.get("text").textValue(), ids));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Assertions.assertTrue(cases.size() > 20, folder + " has too few cases");
    return cases;
  }
}
