package rankine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.TokenizerException;

/** Unsupported or invalid components are refused by name; none is ignored. */
class LoadErrorTest {
  @TempDir Path folder;

  /**
   * Columns: a part of a byte-level tokenizer.json, its new value, and an extract of the message.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          normalizer ~ {"type":"BertNormalizer"} ~ normalizer.type: expected a normalizer that
          normalizer ~ {"type":"Precompiled","precompiled_charsmap":"AA"} ~ found "Precompiled"
          normalizer ~ {"type":"NFC","extra":1} ~ normalizer.extra: expected one of type, found an unknown key
          normalizer ~ {"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Nmt"}]} ~ normalizer.normalizers[1].type: expected
          normalizer ~ {"type":"Replace","pattern":{"Regex":"^a"},"content":""} ~ normalizer.pattern.Regex: expected
          normalizer ~ {"type":"Replace","pattern":{"String":""},"content":""} ~ normalizer.pattern.String: expected
          normalizer ~ {"type":"Prepend"} ~ normalizer.prepend: expected a string, found nothing
          normalizer ~ "NFC" ~ normalizer: expected an object, found "NFC"
          pre_tokenizer ~ {"type":"Whitespace"} ~ pre_tokenizer.type: expected a pre-tokenizer that
          pre_tokenizer ~ {"type":"BertPreTokenizer"} ~ found "BertPreTokenizer"
          pre_tokenizer ~ {"type":"ByteLevel","add_prefix_space":1} ~ pre_tokenizer.add_prefix_space: expected true or false, found 1
          pre_tokenizer ~ {"type":"ByteLevel","add_prefix_space":true,"mode":"x"} ~ pre_tokenizer.mode
          pre_tokenizer ~ {"type":"Split","pattern":{"String":"a"},"behavior":"Joined","invert":false} ~ pre_tokenizer.behavior: expected Removed
          pre_tokenizer ~ {"type":"Split","pattern":{"Regex":"(a|b)+"},"behavior":"Removed","invert":false} ~ a group repeated without bound
          pre_tokenizer ~ {"type":"Metaspace","replacement":"ab"} ~ pre_tokenizer.replacement: expected one character
          pre_tokenizer ~ {"type":"Metaspace","replacement":"_","prepend_scheme":"last"} ~ pre_tokenizer.prepend_scheme
          pre_tokenizer ~ {"type":"Metaspace","replacement":"_","prepend_scheme":"first","add_prefix_space":false} ~ pre_tokenizer.add_prefix_space
          decoder ~ {"type":"WordPiece","prefix":"##","cleanup":true} ~ decoder.type: expected a decoder that
          decoder ~ {"type":"BPEDecoder","suffix":"</w>"} ~ found "BPEDecoder"
          decoder ~ {"type":"Strip","content":" ","start":1,"stop":0} ~ expected Fuse before Strip
          decoder ~ {"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":1}]} ~ decoder.decoders[1].stop: expected 0
          decoder ~ {"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"ByteFallback"}]} ~ an order that is implemented
          post_processor ~ {"type":"RobertaProcessing"} ~ post_processor.type: expected a post-processor that
          post_processor ~ {"type":"TemplateProcessing","single":[],"special_tokens":{}} ~ post_processor.single: expected the sequence A once
          post_processor ~ {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{"x":{"ids":[9999]}}} ~ post_processor: expected ids of the vocabulary, found 9999
          truncation ~ {"max_length":4} ~ truncation: expected null
          padding ~ {"strategy":"BatchLongest"} ~ padding: expected null
          version ~ "2.0" ~ version: expected "1.0", found "2.0"
          surprise ~ 1 ~ surprise: expected no such part
          added_tokens ~ [{"id":1023,"content":"<|endoftext|>"}] ~ added_tokens[0].special: expected true or false, found nothing
          added_tokens ~ [{"id":5,"content":"<x>","special":true,"normalized":false,"single_word":false,"lstrip":false,"rstrip":false}] ~ added token "<x>": expected an id of its own
          added_tokens ~ [{"id":2000,"content":"<|endoftext|>","special":true,"normalized":false,"single_word":false,"lstrip":false,"rstrip":false}] ~ added token "<|endoftext|>": expected id 1023
          added_tokens ~ [{"id":-1,"content":"x","special":true,"normalized":false,"single_word":false,"lstrip":false,"rstrip":false}] ~ added_tokens[0].id: expected an integer from 0
          added_tokens ~ [{"id":2147483648,"content":"x","special":true,"normalized":false,"single_word":false,"lstrip":false,"rstrip":false}] ~ added_tokens[0].id: expected an integer
          model ~ 5 ~ model: expected an object, found 5
          model ~ {"type":"WordPiece","vocab":{}} ~ model.type: expected "BPE", found "WordPiece"
          model ~ {"type":"Unigram","vocab":[["a",-1.0]]} ~ model.type: expected "BPE", found "Unigram"
          model ~ {"vocab":[["a",-1.0]],"type":"Unigram"} ~ model.vocab: expected an object, found an array
          model ~ {"type":"BPE","vocab":{"a":0}} ~ model.merges: expected a BPE's merges, found nothing
          model ~ {"type":"BPE","vocab":{"a":0,"b":0},"merges":[]} ~ model.vocab["b"]: expected an id of its own
          model ~ {"type":"BPE","vocab":{"a":-1},"merges":[]} ~ model.vocab["a"]: expected an id from 0
          model ~ {"type":"BPE","vocab":{"a":99999999},"merges":[]} ~ model.vocab["a"]: expected an id from 0
          model ~ {"type":"BPE","vocab":{"a":9999999999},"merges":[]} ~ valid JSON
          model ~ {"type":"BPE","vocab":{"a":"0"},"merges":[]} ~ model.vocab["a"]: expected an id, found "0"
          model ~ {"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]} ~ model.merges[0]: expected pieces of the vocabulary, found "ab"
          model ~ {"type":"BPE","vocab":{"a":0,"ab":1},"merges":[["a","b"]]} ~ model.merges[0]: expected pieces of the vocabulary, found "b"
          model ~ {"type":"BPE","vocab":{"a":0,"aa":1},"merges":["a a","aa"]} ~ model.merges[1]: expected two pieces with one space between, found "aa"
          model ~ {"type":"BPE","vocab":{"a":0,"aa":1},"merges":[["a"]]} ~ model.merges[0]: expected a right piece, found the end of the array
          model ~ {"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1} ~ model.dropout: expected null
          model ~ {"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":"u"} ~ model.unk_token: expected a piece of the vocabulary, found "u"
          model ~ {"type":"BPE","vocab":{"a":0},"merges":[],"continuing_subword_prefix":"##"} ~ model.continuing_subword_prefix: expected
          model ~ {"type":"BPE","vocab":{"a":0},"merges":[],"end_of_word_suffix":"</w>"} ~ model.end_of_word_suffix: expected
          model ~ {"type":"BPE","vocab":{"a":0},"merges":[],"cache_capacity":1} ~ model.cache_capacity: expected no such option
          """)
  void anUnsupportedComponentIsNamed(String part, String json, String message) throws IOException {
    ObjectNode file = TokenizerJsonVariants.base("demo");
    file.set(part, Fixtures.MAPPER.readTree("[" + json + "]").get(0));
    assertRefused(file.toString(), "tokenizer.json: ", message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          [] ~ expected a JSON object, found an array
          `` ~ expected a JSON object, found the end of the text
          {} ~ model: expected an object, found nothing
          {"version":"1.0"} {} ~ expected nothing after the JSON object, found an object
          {"version":"1.0","version":"1.0"} ~ version: expected each key once
          {"normalizer":{"type":"NFC","type":"NFD"}} ~ normalizer.type: expected each key once
          {"model":{"type":"BPE","type":"BPE"}} ~ model.type: expected each key once
          {"model":{"vocab":{"a":0,"a":1},"merges":[]}} ~ model.vocab["a"]: expected each piece once
          {"model":{"vocab":{"\\ud800":0},"merges":[]}} ~ expected valid JSON
          {"model":{"vocab":{"a":0} ~ expected valid JSON
          """)
  void aMalformedTokenizerJsonIsRefused(String json, String message) throws IOException {
    assertRefused(json, "tokenizer.json: ", message);
  }

  @Test
  void deepNestingIsRefused() throws IOException {
    String deep = "{\"normalizer\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertRefused(deep, "tokenizer.json: ", "nesting depth");
  }

  @Test
  void mergesMayComeBeforeTheVocabulary() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"model": {"merges": ["a b", ["ab", "a"]], "vocab": {"a": 0, "b": 1, "ab": 2, "aba": 3}}}
        """);
    Tokenizer tokenizer = Tokenizers.load(folder);
    assertEquals(3, tokenizer.encode("aba")[0]);
    TokenizerException e = assertThrows(TokenizerException.class, () -> tokenizer.encode("abc"));
    assertEquals(true, e.getMessage().endsWith("found no piece for U+0063"), e.getMessage());
  }

  @Test
  void aFolderWithoutTokenizerFilesIsNamed() {
    TokenizerException e = assertThrows(TokenizerException.class, () -> Tokenizers.load(folder));
    assertEquals(
        folder
            + ": expected tokenizer.json, tokenizer.model, or vocab.json and merges.txt,"
            + " found none of them",
        e.getMessage());
    Path absent = folder.resolve("absent");
    e = assertThrows(TokenizerException.class, () -> Tokenizers.load(absent));
    assertEquals(
        absent
            + ": expected tokenizer.json, tokenizer.model, or vocab.json and merges.txt,"
            + " found no such folder",
        e.getMessage());
  }

  @Test
  void aFolderNamedTokenizerJsonIsRefused() throws IOException {
    Files.createDirectory(folder.resolve("tokenizer.json"));
    TokenizerException e = assertThrows(TokenizerException.class, () -> Tokenizers.load(folder));
    assertEquals(
        folder.resolve("tokenizer.json") + ": expected a file, found something else",
        e.getMessage());
  }

  /** Each file of GPT-2's format, and tokenizer.json, in turn in bytes that are not UTF-8. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.json",
        "merges.txt",
        "added_tokens.json",
        "config.json"
      })
  void onlyUtf8IsText(String name) throws IOException {
    boolean json = name.equals("tokenizer.json");
    if (json) {
      Files.writeString(folder.resolve(name), TokenizerJsonVariants.base("demo").toString());
    } else {
      Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0, \"b\": 1, \"ab\": 2}");
      Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\na b\n");
      Files.writeString(folder.resolve("tokenizer_config.json"), "{\"errors\": \"replace\"}");
      Files.writeString(folder.resolve("added_tokens.json"), "{\"<x>\": 3}");
      Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": 2}");
    }
    Tokenizers.load(folder);
    Path file = folder.resolve(name);
    String text = Files.readString(file);
    List<byte[]> damaged =
        new ArrayList<>(
            List.of(
                text.getBytes(StandardCharsets.UTF_16LE),
                text.getBytes(StandardCharsets.UTF_16BE),
                text.getBytes(StandardCharsets.UTF_16),
                text.getBytes(Charset.forName("UTF-32LE"))));
    int at = text.indexOf(json ? "model" : name.equals("merges.txt") ? " b" : "\"") + 1;
    // Latin-1, cut short, overlong, a surrogate, beyond Unicode.
    for (String bytes :
        List.of("\u00e9x", "\u00c3x", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f8x")) {
      String changed = text.substring(0, at) + bytes + text.substring(at);
      damaged.add(changed.getBytes(StandardCharsets.ISO_8859_1));
    }
    for (byte[] bytes : damaged) {
      Files.write(file, bytes);
      TokenizerException e = assertThrows(TokenizerException.class, () -> Tokenizers.load(folder));
      ErrorMessages.check(e, name + ": ", "expected");
      assertFalse(e.getMessage().contains("Input length"), e.getMessage());
    }
  }

  /** A link to nothing is not an absent file. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokenizer.json",
        "tokenizer.model",
        "tokenizer_config.json",
        "added_tokens.json",
        "config.json"
      })
  void aDanglingLinkIsRefused(String name) throws IOException {
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0}");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n");
    Tokenizers.load(folder);
    Files.createSymbolicLink(folder.resolve(name), Path.of("nowhere"));
    TokenizerException e = assertThrows(TokenizerException.class, () -> Tokenizers.load(folder));
    ErrorMessages.check(e, name + ": ", "expected a file, found a link to nothing");
  }

  @Test
  void anAddedTokenIsText() throws IOException {
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0}");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n");
    Files.writeString(folder.resolve("added_tokens.json"), "{\"\\ud800\": 3}");
    TokenizerException e = assertThrows(TokenizerException.class, () -> Tokenizers.load(folder));
    ErrorMessages.check(e, "added_tokens.json: ", "expected");
  }

  private void assertRefused(String json, String file, String message) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);
    TokenizerException e = assertThrows(TokenizerException.class, () -> Tokenizers.load(folder));
    ErrorMessages.check(e, file, message);
  }
}
