package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rankine.testdata.TestData;
import rankine.tokenizer.Fixtures.Golden;

/**
 * The look-alikes of LLaMA-2's and Llama 3's tokenizers have every component of the originals, and
 * their golden files feel each: without it, some string has other ids or another text.
 */
class LookalikeTest {
  private static final String LLAMA2 = "llama2-like";
  private static final String LLAMA3 = "llama3-like";

  @TempDir Path folder;

  /** What is taken from a tokenizer.json. */
  enum Without {
    DUMMY_PREFIX(LLAMA2),
    SPACE_MARKS(LLAMA2),
    BYTE_FALLBACK(LLAMA2),
    LAST_MERGES(LLAMA2),
    BYTE_DECODER(LLAMA2),
    STRIP_DECODER(LLAMA2),
    IGNORE_MERGES(LLAMA3),
    SPLIT_PATTERN(LLAMA3),
    DIGIT_GROUPS(LLAMA3),
    CASELESS_CONTRACTIONS(LLAMA3),
    LAST_MERGES_OF_BYTES(LLAMA3);

    private final String tokenizer;

    Without(String tokenizer) {
      this.tokenizer = tokenizer;
    }

    void from(ObjectNode json) {
      ObjectNode model = (ObjectNode) json.get("model");
      switch (this) {
        case DUMMY_PREFIX -> ((ArrayNode) json.at("/normalizer/normalizers")).remove(0);
        case SPACE_MARKS -> ((ArrayNode) json.at("/normalizer/normalizers")).remove(1);
        case BYTE_FALLBACK -> model.put("byte_fallback", false);
        case LAST_MERGES, LAST_MERGES_OF_BYTES -> {
          ArrayNode merges = (ArrayNode) model.get("merges");
          for (int i = 0; i < 500; i++) {
            merges.remove(merges.size() - 1);
          }
        }
        case BYTE_DECODER -> ((ArrayNode) json.at("/decoder/decoders")).remove(1);
        case STRIP_DECODER -> ((ArrayNode) json.at("/decoder/decoders")).remove(3);
        case IGNORE_MERGES -> model.put("ignore_merges", false);
        case SPLIT_PATTERN -> ((ArrayNode) json.at("/pre_tokenizer/pretokenizers")).remove(0);
        case DIGIT_GROUPS -> replaceInPattern(json, "\\p{N}{1,3}", "\\p{N}{1,2}");
        case CASELESS_CONTRACTIONS -> replaceInPattern(json, "(?i:", "(?:");
      }
    }

    private static void replaceInPattern(ObjectNode json, String old, String replacement) {
      ObjectNode pattern = (ObjectNode) json.at("/pre_tokenizer/pretokenizers/0/pattern");
      String regex = pattern.get("Regex").textValue();
      assertTrue(regex.contains(old), regex);
      pattern.put("Regex", regex.replace(old, replacement));
    }
  }

  @ParameterizedTest
  @EnumSource
  void goldenStringsFeelEachComponent(Without without) throws IOException {
    ObjectNode json = json(without.tokenizer);
    without.from(json);
    Tokenizer changed = Patched.load(folder, json);
    long differ =
        golden(without.tokenizer).stream()
            .filter(
                golden ->
                    !Arrays.equals(golden.idArray(), changed.encode(golden.text()))
                        || !golden
                            .text()
                            .replace('\u2581', ' ')
                            .equals(changed.decode(golden.idArray()).replace('\u2581', ' ')))
            .count();
    assertTrue(differ > 0, "no golden string feels " + without);
  }

  @Test
  void unchangedFilesGiveTheGoldenIds() throws IOException {
    for (String name : List.of(LLAMA2, LLAMA3)) {
      Tokenizer tokenizer = Patched.load(folder, json(name));
      for (Golden golden : golden(name)) {
        assertArrayEquals(golden.idArray(), tokenizer.encode(golden.text()), golden.text());
      }
    }
  }

  @Test
  void theySayWhatTheyAre() {
    Tokenizer llama2 = Tokenizers.load(TestData.tokenizer(LLAMA2));
    assertEquals(
        "tokenizer.json, BPE with byte fallback, 3000 entries, BOS <s> (1) added,"
            + " EOS </s> (2) not added",
        llama2.describe());
    assertArrayEquals(new int[] {1}, llama2.encodeWithSpecialTokens(""));
    Tokenizer llama3 = Tokenizers.load(TestData.tokenizer(LLAMA3));
    assertEquals(3256, llama3.vocabSize());
    assertEquals(OptionalInt.of(3000), llama3.bosId());
    assertFalse(llama3.addsBos());
  }

  private static ObjectNode json(String name) throws IOException {
    Path file = TestData.tokenizer(name).resolve("tokenizer.json");
    return (ObjectNode) Fixtures.MAPPER.readTree(Files.readAllBytes(file));
  }

  private static List<Golden> golden(String name) throws IOException {
    return Files.readAllLines(TestData.tokenizer(name).resolve("golden.jsonl")).stream()
        .map(LookalikeTest::parsed)
        .toList();
  }

  private static Golden parsed(String line) {
    try {
      JsonNode json = Fixtures.MAPPER.readTree(line);
      return new Golden(
          json.get("text").textValue(),
          json.get("ids").valueStream().map(JsonNode::intValue).toList());
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }
}
