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
import rankine.testdata.TestData;

/** The test data, and tokenizers loaded from it, each once. */
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

  static final String GPT2 = "gpt2";
  static final String LLAMA2_LIKE = "llama2-like";
  static final String LLAMA3_LIKE = "llama3-like";
  static final String QWEN3 = "qwen3";
  static final String STORIES = "stories260K";
  static final String DEMO = "demo";

  /** LLaMA-2's and Llama 3's own files, for tests with the tag "shared". */
  static final String LLAMA2 = "llama2";

  static final String LLAMA3 = "llama3";

  static final List<String> GOLDEN_FOLDERS =
      List.of(GPT2, LLAMA2_LIKE, LLAMA3_LIKE, QWEN3, STORIES);

  private static final Map<Source, Tokenizer> LOADED = new ConcurrentHashMap<>();

  private Fixtures() {}

  private static final List<String> SENTENCE_PIECE = List.of("tokenizer.model");

  /** Every way to read the tokenizers that golden files exist for. */
  static List<Source> goldenSources() {
    List<Source> sources = new ArrayList<>();
    sources.add(Source.all(GPT2));
    sources.add(new Source(GPT2, List.of("vocab.json", "merges.txt")));
    sources.addAll(llamaSources(LLAMA2_LIKE, LLAMA3_LIKE));
    sources.add(Source.all(QWEN3));
    sources.add(Source.all(STORIES));
    sources.add(new Source(STORIES, SENTENCE_PIECE));
    return sources;
  }

  /** Every way to read LLaMA-2's and Llama 3's own files. */
  static List<Source> sharedSources() {
    return llamaSources(LLAMA2, LLAMA3);
  }

  private static List<Source> llamaSources(String two, String three) {
    return List.of(
        Source.all(two),
        new Source(two, List.of("tokenizer.json")),
        new Source(two, SENTENCE_PIECE),
        new Source(two, List.of("tokenizer.model", "tokenizer_config.json")),
        Source.all(three));
  }

  /** Whether the tokenizer has the legacy behaviour of SentencePiece: a space before each text. */
  static boolean isSentencePiece(Source source) {
    return List.of(LLAMA2, LLAMA2_LIKE, STORIES).contains(source.folder());
  }

  /** {@link #goldenSources} and the demonstration checkpoint's tokenizer. */
  static List<Source> allSources() {
    List<Source> sources = new ArrayList<>(goldenSources());
    sources.add(Source.all(DEMO));
    sources.add(new Source(DEMO, List.of("vocab.json", "merges.txt")));
    return sources;
  }

  static Path folder(String name) {
    return switch (name) {
      case STORIES -> TestData.model(name);
      case DEMO -> TestData.demo().resolve("checkpoint");
      case LLAMA2, LLAMA3 -> TestData.shared("data/tokenizers/" + name);
      default -> TestData.tokenizer(name);
    };
  }

  static Tokenizer load(String folder) {
    return load(Source.all(folder));
  }

  static Tokenizer load(Source source) {
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
