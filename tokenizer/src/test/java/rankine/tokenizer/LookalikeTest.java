package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The look-alikes of LLaMA-2's and Llama 3's tokenizers have every component of the originals, and
 * their golden files ({@link GoldenTest}) cover each: ablating it changes the ids or the decoded
 * text of some golden string.
 */
class LookalikeTest {
  @TempDir Path folder;

  /** A component or option to remove from a tokenizer.json. */
  enum Ablation {
    DUMMY_PREFIX(Fixtures.LLAMA2_LIKE),
    SPACE_MARKS(Fixtures.LLAMA2_LIKE),
    BYTE_FALLBACK(Fixtures.LLAMA2_LIKE),
    LAST_MERGES(Fixtures.LLAMA2_LIKE),
    BYTE_DECODER(Fixtures.LLAMA2_LIKE),
    STRIP_DECODER(Fixtures.LLAMA2_LIKE),
    IGNORE_MERGES(Fixtures.LLAMA3_LIKE),
    SPLIT_PATTERN(Fixtures.LLAMA3_LIKE),
    DIGIT_GROUPS(Fixtures.LLAMA3_LIKE),
    CASELESS_CONTRACTIONS(Fixtures.LLAMA3_LIKE),
    LAST_MERGES_OF_BYTES(Fixtures.LLAMA3_LIKE);

    private final String tokenizer;

    Ablation(String tokenizer) {
      this.tokenizer = tokenizer;
    }

    void applyTo(ObjectNode json) {
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
  void everyAblationChangesAGoldenString(Ablation ablation) throws IOException {
    ObjectNode json = json(ablation.tokenizer);
    ablation.applyTo(json);
    Tokenizer changed = TokenizerJsonVariants.load(folder, json);
    long differ =
        Fixtures.golden(ablation.tokenizer, "golden.jsonl").stream()
            .filter(
                golden ->
                    !Arrays.equals(golden.idArray(), changed.encode(golden.text()))
                        || !golden
                            .text()
                            .replace('\u2581', ' ')
                            .equals(changed.decode(golden.idArray()).replace('\u2581', ' ')))
            .count();
    assertTrue(differ > 0, "no golden string depends on " + ablation);
  }

  @Test
  void descriptionsOfTheLookalikes() {
    Tokenizer llama2 = Fixtures.load(Fixtures.LLAMA2_LIKE);
    assertEquals(
        "tokenizer.json, BPE with byte fallback, 3000 entries, BOS <s> (1) added,"
            + " EOS </s> (2) not added",
        llama2.describe());
    assertArrayEquals(new int[] {1}, llama2.encodeWithSpecialTokens(""));
    Tokenizer llama3 = Fixtures.load(Fixtures.LLAMA3_LIKE);
    assertEquals(3256, llama3.vocabSize());
    assertEquals(OptionalInt.of(3000), llama3.bosId());
    assertFalse(llama3.addsBos());
  }

  private static ObjectNode json(String name) throws IOException {
    Path file = Fixtures.folder(name).resolve("tokenizer.json");
    return (ObjectNode) Fixtures.MAPPER.readTree(Files.readAllBytes(file));
  }
}
