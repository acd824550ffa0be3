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

/** Tokenizers of the test data, each loaded once, and their golden files. */
final class Fixtures {
  /** A text and its ids according to the reference implementations. */
  record GoldenEncoding(String text, List<Integer> ids) {
    int[] idArray() {
      return ids.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** A tokenizer's folder, and the files to load from it; an empty list means all. */
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

  /** The original LLaMA-2 and Llama 3 files, for tests with the tag "shared". */
  static final String LLAMA2 = "llama2";

  static final String LLAMA3 = "llama3";

  static final List<String> GOLDEN_FOLDERS =
      List.of(GPT2, LLAMA2_LIKE, LLAMA3_LIKE, QWEN3, STORIES);

  private static final Map<Source, Tokenizer> LOADED = new ConcurrentHashMap<>();

  private Fixtures() {}

  private static final List<String> SENTENCE_PIECE = List.of("tokenizer.model");

  /** Every tokenizer with golden files, in each of its file formats. */
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

  /** The original LLaMA-2 and Llama 3 tokenizers, in each of their file formats. */
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

  /**
   * Returns whether the tokenizer has SentencePiece's legacy behaviour: a space before each text
   * segment.
   */
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
  static List<GoldenEncoding> golden(String folder, String file) {
    List<GoldenEncoding> cases = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(folder(folder).resolve(file))) {
        JsonNode json = MAPPER.readTree(line);
        List<Integer> ids = new ArrayList<>();
        json.get("ids").forEach(id -> ids.add(id.intValue()));
        cases.add(new GoldenEncoding(json.get("text").textValue(), ids));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Assertions.assertTrue(cases.size() > 20, folder + " has too few cases");
    return cases;
  }
}
