package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.TokenizerException;

/** GPT-2's vocab.json and merges.txt, with optional tokenizer_config.json and added_tokens.json. */
class VocabMergesTest {
  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    write(
        "vocab.json", "{\"a\":0,\"b\":1,\"\u0120\":2,\"ab\":3,\"\u0120ab\":4,\"<|endoftext|>\":5}");
    write("merges.txt", "#version: 0.2\na b\n\u0120 ab\n");
  }

  @Test
  void endOfTextNeedsNoConfiguration() throws IOException {
    Tokenizer tokenizer = Tokenizers.load(folder);
    assertArrayEquals(new int[] {3, 4, 5, 1}, tokenizer.encode("ab ab<|endoftext|>b"));
    assertEquals(5, tokenizer.eosId().orElseThrow());
    assertFalse(tokenizer.addsBos());
  }

  @Test
  void crlfAndMissingFinalNewlineAreRead() throws IOException {
    write("merges.txt", "#version: 0.2\r\na b\r\n\u0120 ab");
    assertArrayEquals(new int[] {3, 4}, Tokenizers.load(folder).encode("ab ab"));
  }

  @Test
  void addedTokensComeFromTheOtherFiles() throws IOException {
    write("added_tokens.json", "{\"<extra>\":7}");
    write(
        "tokenizer_config.json",
        """
        {"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "add_prefix_space": true,
         "bos_token": "<|endoftext|>", "added_tokens_decoder": {"6": {"content": "<pad>",
         "lstrip": true, "normalized": false, "rstrip": false, "single_word": false,
         "special": true}}}
        """);
    Tokenizer tokenizer = Tokenizers.load(folder);
    assertEquals(8, tokenizer.vocabSize());
    assertArrayEquals(
        new int[] {5, 4, 6, 7}, tokenizer.encodeWithSpecialTokens("ab  <pad><extra>"));
    assertTrue(tokenizer.isSpecial(6));
    assertFalse(tokenizer.isSpecial(7));
  }

  @Test
  void malformedFilesAreRefused() throws IOException {
    refused("merges.txt", "#version: 0.2\na b\n", "expected a merge for each longer piece");
    refused("merges.txt", "a b\n\n\u0120 ab\n", "merge[1]: expected two pieces with one space");
    refused("merges.txt", "a b c\n", "merge[0]: expected two pieces with one space");
    refused("merges.txt", "a x\n", "merge[0]: expected pieces of the vocabulary, found \"x\"");
    refused("merges.txt", "", "expected a merge for each longer piece");
    refused("vocab.json", "{\"a\":0,\"a\":1}", "expected each piece once, found ids 0 and 1");
    refused("vocab.json", "{\"a\":0", "expected valid JSON");
    refused("vocab.json", "{}", "merge[0]: expected pieces of the vocabulary, found \"a\"");
    refused("added_tokens.json", "{\"x\":0}", "expected an id of its own, found 0");
    refused("added_tokens.json", "{\"\":9}", "expected a token that is not empty");
    refused(
        "tokenizer_config.json",
        "{\"tokenizer_class\":\"CLIPTokenizer\"}",
        "tokenizer_class: expected for vocab.json and merges.txt GPT2Tokenizer or");
  }

  private void refused(String name, String content, String message) throws IOException {
    Path file = folder.resolve(name);
    String before = Files.exists(file) ? Files.readString(file) : null;
    write(name, content);
    ErrorMessages.check(
        assertThrows(TokenizerException.class, () -> Tokenizers.load(folder)), message);
    if (before == null) {
      Files.delete(file);
    } else {
      write(name, before);
    }
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }
}
