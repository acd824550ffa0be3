package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.TokenizerException;

/** BOS and EOS: their ids, and when encoding adds them. */
class SpecialTokensTest {
  @TempDir Path folder;

  /**
   * Columns: tokenizer_config.json (or none) and config.json (or none) of the byte-fallback
   * tokenizer, whose own template adds BOS; expected BOS id, EOS id, and whether encoding adds
   * each.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          - ~ - ~ 1 ~ -1 ~ true ~ false
          - ~ {"bos_token_id":1,"eos_token_id":2} ~ 1 ~ 2 ~ true ~ false
          - ~ {"bos_token_id":1,"eos_token_id":[2,0]} ~ 1 ~ 2 ~ true ~ false
          - ~ {"bos_token_id":70000,"eos_token_id":70001} ~ 1 ~ -1 ~ true ~ false
          {"bos_token":"<s>","eos_token":"</s>"} ~ {"eos_token_id":0} ~ 1 ~ 2 ~ true ~ false
          {"bos_token":{"content":"<s>"},"eos_token":{"content":"</s>"},"add_eos_token":true} ~ - ~ 1 ~ 2 ~ true ~ true
          {"bos_token":"<s>","eos_token":"</s>","add_bos_token":false} ~ - ~ 1 ~ 2 ~ false ~ false
          {"bos_token":"<s>","eos_token":"</s>","add_bos_token":true,"add_eos_token":true} ~ - ~ 1 ~ 2 ~ true ~ true
          {"bos_token":"<s>","eos_token":null} ~ {"eos_token_id":2} ~ 1 ~ -1 ~ true ~ false
          """)
  void bosAndEosFollowTheConfiguration(
      String tokenizerConfig, String config, int bos, int eos, boolean addsBos, boolean addsEos)
      throws IOException {
    if (tokenizerConfig != null) {
      Files.writeString(folder.resolve("tokenizer_config.json"), tokenizerConfig);
    }
    if (config != null) {
      Files.writeString(folder.resolve("config.json"), config);
    }
    Tokenizer tokenizer = TokenizerJsonVariants.load(folder, TokenizerJsonVariants.base("stories"));
    assertEquals(bos < 0 ? OptionalInt.empty() : OptionalInt.of(bos), tokenizer.bosId());
    assertEquals(eos < 0 ? OptionalInt.empty() : OptionalInt.of(eos), tokenizer.eosId());
    assertEquals(addsBos, tokenizer.addsBos());
    assertEquals(addsEos, tokenizer.addsEos());
    int[] plain = tokenizer.encode("a");
    int[] special = tokenizer.encodeWithSpecialTokens("a");
    assertEquals(plain.length + (addsBos ? 1 : 0) + (addsEos ? 1 : 0), special.length);
    assertEquals(addsBos ? bos : plain[0], special[0]);
    assertEquals(addsEos ? eos : plain[plain.length - 1], special[special.length - 1]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {"bos_token":"<bos>"} ~ bos_token: expected a token of the vocabulary, found "<bos>"
          {"bos_token":5} ~ bos_token: expected a string, found 5
          {"add_bos_token":"yes"} ~ add_bos_token: expected true or false, found "yes"
          {"eos_token":null,"add_eos_token":true} ~ add_eos_token: expected a token to add
          {"added_tokens_decoder":{"x":{}}} ~ added_tokens_decoder.x: expected an id as key
          {"added_tokens_decoder":{"7":{"content":"new"}}} ~ added_tokens_decoder.7.special: expected
          [] ~ expected a JSON object, found an array
          """)
  void anInvalidConfigurationIsRefused(String tokenizerConfig, String message) throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), tokenizerConfig);
    ObjectNode json = TokenizerJsonVariants.base("stories");
    ErrorMessages.check(
        assertThrows(TokenizerException.class, () -> TokenizerJsonVariants.load(folder, json)),
        "tokenizer_config.json: ",
        message);
  }

  @Test
  void descriptionsAndSpecialTokensOfRealTokenizers() {
    Tokenizer gpt2 = Fixtures.load(Fixtures.GPT2);
    assertEquals(
        "tokenizer.json, byte-level BPE, 50257 entries, BOS <|endoftext|> (50256) not added,"
            + " EOS <|endoftext|> (50256) not added",
        gpt2.describe());
    Tokenizer qwen = Fixtures.load(Fixtures.QWEN3);
    assertEquals(OptionalInt.empty(), qwen.bosId());
    assertEquals(OptionalInt.of(151645), qwen.eosId());
    assertTrue(qwen.isSpecial(151645));
    assertFalse(qwen.isSpecial(151667), "<think> is an added token, but text");
    Tokenizer demo = Fixtures.load(Fixtures.DEMO);
    assertEquals(OptionalInt.of(1023), demo.eosId(), "from config.json");
  }

  @Tag("shared")
  @Test
  void descriptionsAndSpecialTokensOfLlama() {
    Tokenizer llama = Fixtures.load(Fixtures.LLAMA2);
    assertEquals(
        "tokenizer.json, BPE with byte fallback, 32000 entries, BOS <s> (1) added,"
            + " EOS </s> (2) not added",
        llama.describe());
    assertArrayEquals(new int[] {1, 15043}, llama.encodeWithSpecialTokens("Hello"));
    assertArrayEquals(new int[] {1}, llama.encodeWithSpecialTokens(""));
    Tokenizer llama3 = Fixtures.load(Fixtures.LLAMA3);
    assertEquals(128256, llama3.vocabSize());
    assertEquals(OptionalInt.of(128000), llama3.bosId());
    assertFalse(llama3.addsBos());
  }

  @Test
  void jsonAndSentencePieceFilesAgree() {
    filesAgree(Fixtures.LLAMA2_LIKE);
  }

  @Tag("shared")
  @Test
  void originalLlamaFilesAgree() {
    filesAgree(Fixtures.LLAMA2);
  }

  private static void filesAgree(String name) {
    Tokenizer json = Fixtures.load(name);
    Tokenizer model = Fixtures.load(new Fixtures.Source(name, List.of("tokenizer.model")));
    assertEquals(json.bosId(), model.bosId());
    assertEquals(json.eosId(), model.eosId());
    assertTrue(model.addsBos());
    assertFalse(model.addsEos());
    for (int id = 0; id < json.vocabSize(); id++) {
      assertEquals(json.piece(id), model.piece(id));
      assertEquals(json.isSpecial(id), model.isSpecial(id));
    }
  }

  @Test
  void hashCoversTheFilesInNameOrder() throws Exception {
    Path gpt2 = Fixtures.folder(Fixtures.GPT2);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(Files.readAllBytes(gpt2.resolve("tokenizer.json")));
    digest.update(Files.readAllBytes(gpt2.resolve("tokenizer_config.json")));
    assertEquals(HexFormat.of().formatHex(digest.digest()), Fixtures.load(Fixtures.GPT2).hash());
    assertNotEquals(Fixtures.load(Fixtures.GPT2).hash(), Fixtures.load(Fixtures.QWEN3).hash());
  }
}
