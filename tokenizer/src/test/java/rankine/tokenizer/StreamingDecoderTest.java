package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamingDecoderTest {
  @TempDir Path folder;

  @Test
  void aCharacterAppearsWithItsLastByte() {
    Tokenizer gpt2 = Fixtures.load(Fixtures.GPT2);
    // U+1F642 is F0 9F 99 82, in GPT-2 two tokens.
    assertEquals(List.of("", "\ud83d\ude42"), decodeEach(gpt2, gpt2.encode("\ud83d\ude42")));
    Tokenizer llama = Fixtures.load(Fixtures.LLAMA2_LIKE);
    // The dummy prefix, then <0xF0> <0x9F> <0x99> <0x82>, ids 3 + 0xF0 …
    int[] ids = llama.encode("\ud83d\ude42");
    assertEquals("\u2581", llama.piece(ids[0]));
    assertArrayEquals(new int[] {243, 162, 156, 133}, Arrays.copyOfRange(ids, 1, ids.length));
    assertEquals(List.of("", "", "", "", "\ud83d\ude42"), decodeEach(llama, ids));
  }

  @Test
  void illFormedBytesAreReplaced() {
    Tokenizer llama = Fixtures.load(Fixtures.LLAMA2_LIKE);
    StreamingDecoder stream = llama.streamingDecoder();
    assertEquals("", stream.feed(3 + 0xF0));
    assertEquals("", stream.feed(3 + 0x9F));
    assertEquals("\ufffd\ufffdA", stream.feed(3 + 'A'));
    assertEquals("", stream.feed(3 + 0xE4));
    assertEquals("\ufffd", stream.finish());
  }

  @Test
  void onlyTheDummyPrefixIsDropped() {
    Tokenizer llama = Fixtures.load(Fixtures.LLAMA2_LIKE);
    int[] ids = llama.encode("Once upon a time");
    assertEquals(List.of("Once", " upon", " a", " time"), decodeEach(llama, ids));
  }

  @Test
  void aContinuationKeepsItsSpaceWhenThePromptIsFedFirst() {
    Tokenizer stories = Fixtures.load(Fixtures.STORIES);
    StreamingDecoder stream = stories.streamingDecoder();
    for (int id : stories.encodeWithSpecialTokens("Once upon a")) {
      stream.feed(id);
    }
    int[] next = stories.encode("time");
    StringBuilder text = new StringBuilder();
    for (int id : next) {
      text.append(stream.feed(id));
    }
    assertEquals(" time", text.append(stream.finish()).toString());
  }

  /** As Hugging Face tokenizers, whose decode keeps the ids that id_to_token knows. */
  @Test
  void anIdWithoutAPieceHasNoText() throws IOException {
    ObjectNode json = TokenizerJsonVariants.base("stories");
    ObjectNode far = ((ArrayNode) json.get("added_tokens")).get(0).deepCopy();
    json.withArray("added_tokens").add(far.put("id", 600).put("content", "<far>"));
    Tokenizer tokenizer = TokenizerJsonVariants.load(folder, json);
    assertEquals(601, tokenizer.vocabSize());
    String text = tokenizer.decode(new int[] {403, 407});
    assertEquals(text, tokenizer.decode(new int[] {403, 550, 407}));
    assertEquals(text + "<far>", tokenizer.decode(new int[] {403, 407, 600}));
    assertEquals(List.of("", "<far>"), decodeEach(tokenizer, new int[] {550, 600}));
    for (int id : new int[] {511, 512, 599, 600, 601, -1}) {
      assertEquals(id == 511 || id == 600, tokenizer.hasPiece(id), "id " + id);
    }
    assertThrows(IllegalArgumentException.class, () -> tokenizer.piece(550));
  }

  @Test
  void feedingAfterFinishThrows() {
    StreamingDecoder stream = Fixtures.load(Fixtures.STORIES).streamingDecoder();
    stream.finish();
    assertThrows(IllegalStateException.class, () -> stream.feed(5));
    assertThrows(IllegalStateException.class, stream::finish);
  }

  private static List<String> decodeEach(Tokenizer tokenizer, int[] ids) {
    StreamingDecoder stream = tokenizer.streamingDecoder();
    List<String> texts = new ArrayList<>();
    for (int id : ids) {
      texts.add(stream.feed(id));
    }
    assertEquals("", stream.finish());
    return texts;
  }
}
