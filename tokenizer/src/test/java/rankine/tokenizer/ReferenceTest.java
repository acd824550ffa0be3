package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every implemented component and option, on variants of two small tokenizers. reference.jsonl has
 * the expected ids and texts, from Hugging Face tokenizers 0.23.2 (Rust).
 */
class ReferenceTest {
  static List<String> variants() throws IOException {
    try (InputStream in = ReferenceTest.class.getResourceAsStream("reference.jsonl")) {
      List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      assertTrue(lines.size() > 50);
      return lines;
    }
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("variants")
  void idsAndTextEqualTheReference(String line, @TempDir Path folder) throws IOException {
    JsonNode variant = Fixtures.MAPPER.readTree(line);
    String name = variant.get("name").textValue();
    Tokenizer tokenizer =
        TokenizerJsonVariants.load(folder, TokenizerJsonVariants.variant(variant));
    for (JsonNode reference : variant.get("cases")) {
      String text = reference.get("text").textValue();
      String label = name + ": " + text;
      int[] ids = ints(reference.get("ids"));
      assertArrayEquals(ids, tokenizer.encode(text), label);
      assertArrayEquals(
          ints(reference.get("special")), tokenizer.encodeWithSpecialTokens(text), label);
      assertEquals(reference.get("decoded").textValue(), tokenizer.decode(ids), label);
      assertEquals(tokenizer.decode(ids), stream(tokenizer, ids), label);
    }
    for (JsonNode reference : variant.get("random")) {
      int[] ids = ints(reference.get("ids"));
      assertEquals(reference.get("decoded").textValue(), tokenizer.decode(ids), name);
    }
  }

  private static String stream(Tokenizer tokenizer, int[] ids) {
    StreamingDecoder stream = tokenizer.streamingDecoder();
    List<String> pieces = new ArrayList<>();
    for (int id : ids) {
      pieces.add(stream.feed(id));
    }
    pieces.add(stream.finish());
    return String.join("", pieces);
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }
}
