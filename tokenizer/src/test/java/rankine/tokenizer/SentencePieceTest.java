package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.TokenizerException;

/** Small hand-written models in protobuf's wire format. */
class SentencePieceTest {
  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  @TempDir Path folder;

  /** Ids from SentencePiece itself, of a file with Gemma's settings and user-defined pieces. */
  @Test
  void gemmaLikeIdsAreSentencePieces() throws IOException {
    Tokenizer tokenizer = Fixtures.load("gemma-like");
    List<Fixtures.GoldenEncoding> golden = Fixtures.golden("gemma-like", "golden.jsonl");
    assertEquals(233, golden.size());
    for (Fixtures.GoldenEncoding each : golden) {
      assertEquals(
          each.ids(), Arrays.stream(tokenizer.encode(each.text())).boxed().toList(), each.text());
    }
  }

  @Test
  void mergesByScoreThenLeftmost() throws IOException {
    // 0 <unk> 1 <s> 2 ▁ 3 a 4 b 5 aa 6 ab 7 ba
    Proto model = small().piece("aa", -5, NORMAL).piece("ab", -3, NORMAL).piece("ba", -3, NORMAL);
    Tokenizer tokenizer = load(model.trainer().normalizer(true));
    assertArrayEquals(new int[] {2, 6, 3}, tokenizer.encode("aba"));
    assertArrayEquals(new int[] {2, 7, 7}, tokenizer.encode("baba"));
    assertArrayEquals(new int[] {2, 3, 6}, tokenizer.encode("aab"));
    assertArrayEquals(new int[] {2, 5}, tokenizer.encode("aa"));
    assertArrayEquals(new int[] {1, 2, 5}, tokenizer.encodeWithSpecialTokens("aa"));
    assertArrayEquals(new int[] {1, 2, 3}, tokenizer.encode("<s>a"));
  }

  @Test
  void adjacentUnknownCharactersFuse() throws IOException {
    Tokenizer tokenizer = load(small().trainer().normalizer(true));
    assertArrayEquals(new int[] {2, 0, 3, 0}, tokenizer.encode("xyaz\u4e2d"));
  }

  /** As in Gemma's model: runs of spaces, line breaks and marks of turns, and no dummy prefix. */
  @Test
  void userDefinedPiecesAreFoundFirstAndLongestFirst() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\":\"GemmaTokenizer\",\"add_bos_token\":true,\"bos_token\":\"<s>\"}");
    // 0 <unk> 1 <s> 2 ▁ 3 a 4 b 5 ▁a 6 ab 7 \n 8 ▁▁ 9 ▁▁▁ 10 <turn> 11 ba
    Proto model =
        small()
            .piece("\u2581a", -2, NORMAL)
            .piece("ab", -3, NORMAL)
            .piece("\n", 0, USER_DEFINED)
            .piece("\u2581\u2581", 0, USER_DEFINED)
            .piece("\u2581\u2581\u2581", 0, USER_DEFINED)
            .piece("<turn>", 0, USER_DEFINED)
            .piece("ba", -1, NORMAL);
    Tokenizer tokenizer = load(model.trainer().normalizer(false));
    assertArrayEquals(new int[] {6, 5, 4}, tokenizer.encode("ab ab"));
    assertArrayEquals(new int[] {3, 8, 6}, tokenizer.encode("a  ab"));
    assertArrayEquals(new int[] {3, 9, 3}, tokenizer.encode("a   a"));
    assertArrayEquals(new int[] {3, 9, 5}, tokenizer.encode("a    a"));
    assertArrayEquals(new int[] {9, 8, 7, 7, 3}, tokenizer.encode("     \n\na"));
    assertArrayEquals(new int[] {4, 10, 3}, tokenizer.encode("b<turn>a"));
    assertArrayEquals(new int[] {1, 10, 7, 3}, tokenizer.encode("<s><turn>\na"));
    assertArrayEquals(new int[] {1, 3}, tokenizer.encodeWithSpecialTokens("a"));
    for (String text : List.of("a    a", "     \n\na", " b<turn>a", "ab \n  ba")) {
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }
  }

  /**
   * As in Mistral's v0.3 model: marks of turns are control pieces, and text after one is prefixed.
   */
  @Test
  void controlPiecesMarkTurns() throws IOException {
    // 0 <unk> 1 <s> 2 ▁ 3 a 4 b 5 [INST] 6 [/INST]
    Proto model = small().piece("[INST]", 0, CONTROL).piece("[/INST]", 0, CONTROL);
    Tokenizer tokenizer = load(model.trainer().normalizer(true));
    assertArrayEquals(new int[] {1, 5, 2, 2, 3, 6, 2, 4}, tokenizer.encode("<s>[INST] a[/INST]b"));
  }

  /**
   * As in Mistral's v0.3 model with {@code "legacy": false}: by hand, from the rules of Hugging
   * Face's conversion (a Metaspace with the scheme first, nothing before it).
   */
  @Test
  void onlyTheStartIsPrefixedWithoutLegacy() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\":\"LlamaTokenizer\",\"legacy\":false}");
    // 0 <unk> 1 <s> 2 ▁ 3 a 4 b 5 [INST] 6 [/INST]
    Proto model = small().piece("[INST]", 0, CONTROL).piece("[/INST]", 0, CONTROL);
    Tokenizer tokenizer = load(model.trainer().normalizer(true));
    assertArrayEquals(new int[] {1, 5, 2, 3, 6, 4}, tokenizer.encode("<s>[INST] a[/INST]b"));
    assertArrayEquals(new int[] {2, 3, 2, 4}, tokenizer.encode("a b"));
    assertArrayEquals(new int[] {2, 3}, tokenizer.encode(" a"), "text that begins with a space");
    assertArrayEquals(new int[] {2, 2, 3}, tokenizer.encode("  a"));
    assertArrayEquals(new int[] {2, 3, 5, 4, 2}, tokenizer.encode("a[INST]b "));
    assertArrayEquals(new int[] {1, 2, 3}, tokenizer.encodeWithSpecialTokens("a"));
    assertEquals("a b", tokenizer.decode(tokenizer.encode("a b")));
  }

  @Test
  void dummyPrefixFollowsTheModel() throws IOException {
    Tokenizer with = load(small().trainer().normalizer(true));
    assertEquals(" a", with.decode(with.encode(" a")));
    Tokenizer without = load(small().trainer().normalizer(false));
    assertArrayEquals(new int[] {3}, without.encode("a"));
    assertEquals(" a", without.decode(without.encode(" a")));
  }

  @Test
  void unsupportedOptionsAreRefusedByName() throws IOException {
    refused(small().trainer(1).normalizer(true), "trainer_spec.model_type: expected 2 (BPE)");
    refused(small().normalizer(true), "found 1 (unigram): not implemented");
    refused(small().trainer(), "normalizer_spec.remove_extra_whitespaces: expected false");
    refused(
        small().trainer().field(3, new Proto().varint(4, 0).varint(5, 0)),
        "normalizer_spec.escape_whitespaces: expected true");
    refused(
        small().trainer().field(3, new Proto().text(1, "nmt_nfkc").text(2, "x").varint(4, 0)),
        "normalizer_spec.precompiled_charsmap: expected none (the identity), found one \"nmt_nfkc\"");
    refused(
        small().piece("x", 0, USER_DEFINED).trainer().normalizer(true),
        "pieces[5].type: expected for a model with a dummy prefix normal");
    refused(
        small().piece("x", 0, 5).trainer().normalizer(false), "pieces[5].type: expected normal");
    refused(small().piece("x", 0, 9).trainer().normalizer(true), "pieces[5].type: expected 1 to 6");
    refused(small().piece("a", 0, 1).trainer().normalizer(true), "expected each piece once");
    refused(small().piece("", 0, 1).trainer().normalizer(true), "pieces[5].piece: expected text");
    refused(
        small().piece("a".repeat(257), 0, 1).trainer().normalizer(true),
        "pieces[5].piece: expected at most 256 characters, found 257 of them");
    load(small().piece("a".repeat(256), 0, 1).trainer().normalizer(true));
    refused(
        small().piece("x", Float.NaN, 1).trainer().normalizer(true), "pieces[5].score: expected a");
    refused(
        small().piece("ax", 0, 1).trainer().normalizer(true),
        "expected a piece for each of its characters, found none for U+0078");
    refused(
        small().piece("u", 0, UNKNOWN).trainer().normalizer(true), "expected one unknown piece");
    refused(new Proto().trainer().normalizer(true), "pieces: expected a SentencePiece vocabulary");
    refused(
        small().field(2, new Proto().varint(3, 2).varint(35, 1)).normalizer(true),
        "expected 256 byte pieces, found 0");
    refused(
        small().field(2, new Proto().varint(3, 2).varint(24, 1)).normalizer(true),
        "trainer_spec.treat_whitespace_as_suffix: expected false");
  }

  @Test
  void malformedWireFormatIsRefused() throws IOException {
    refused(new Proto().raw(0x0A, 0x05, 'a'), "byte 2: expected a length of at most 1, found 5");
    refused(new Proto().raw(0x0A), "byte 1: expected 1 bytes, found 0 bytes before the end");
    refused(new Proto().raw(0x33), "expected a wire type of 0, 1, 2 or 5, found 3");
    refused(new Proto().raw(0x08, 0x01), "expected wire type 2 for field 1, found 0");
    refused(new Proto().raw(0x00), "expected a field number, found tag 0");
    refused(
        new Proto().raw(0x20, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1),
        "expected a varint of at most ten bytes");
    refused(new Proto().raw(0x0A, 0x03, 0x0A, 0x01, -1), "byte 4: expected UTF-8");
    refused(new Proto(), "pieces: expected a SentencePiece vocabulary, found no piece");
  }

  @Test
  void anUnsupportedTokenizerConfigIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\":\"T5Tokenizer\"}");
    refused(small().trainer().normalizer(true), "found \"T5Tokenizer\"");
  }

  private static Proto small() {
    return new Proto()
        .piece("<unk>", 0, UNKNOWN)
        .piece("<s>", 0, CONTROL)
        .piece("\u2581", -9, NORMAL)
        .piece("a", -9, NORMAL)
        .piece("b", -9, NORMAL);
  }

  private Tokenizer load(Proto model) throws IOException {
    Files.write(folder.resolve("tokenizer.model"), model.bytes());
    return Tokenizers.load(folder);
  }

  private void refused(Proto model, String message) throws IOException {
    ErrorMessages.check(
        assertThrows(TokenizerException.class, () -> load(model)), folder.toString(), message);
  }

  /** Writes protobuf messages. */
  private static final class Proto {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Proto piece(String text, float score, int type) {
      return field(1, new Proto().text(1, text).float32(2, score).varint(3, type));
    }

    Proto trainer() {
      return trainer(2);
    }

    Proto trainer(int algorithm) {
      return field(2, new Proto().varint(3, algorithm).text(7, "not looked at"));
    }

    Proto normalizer(boolean dummyPrefix) {
      return field(3, new Proto().text(1, "identity").varint(3, dummyPrefix ? 1 : 0).varint(4, 0));
    }

    Proto field(int number, Proto message) {
      return blob(number, message.bytes());
    }

    Proto text(int number, String text) {
      return blob(number, text.getBytes(StandardCharsets.UTF_8));
    }

    Proto varint(int number, int value) {
      write(number << 3);
      write(value);
      return this;
    }

    Proto float32(int number, float value) {
      write((number << 3) | 5);
      int bits = Float.floatToRawIntBits(value);
      List.of(0, 8, 16, 24).forEach(shift -> out.write(bits >>> shift));
      return this;
    }

    Proto raw(int... values) {
      for (int value : values) {
        out.write(value);
      }
      return this;
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    private Proto blob(int number, byte[] bytes) {
      write((number << 3) | 2);
      write(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    private void write(int varint) {
      int rest = varint;
      while (rest >>> 7 != 0) {
        out.write((rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      out.write(rest);
    }
  }
}
