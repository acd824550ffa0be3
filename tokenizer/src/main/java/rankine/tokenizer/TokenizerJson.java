package rankine.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import rankine.common.TokenizerException;
import rankine.common.io.Json;
import rankine.common.io.JsonObject;

/**
 * Reads tokenizer.json, the format of Hugging Face tokenizers. Streams the vocabulary and the
 * merges ({@link BpeModelJson}) and reads the small parts as trees.
 */
final class TokenizerJson {
  static final String NAME = "tokenizer.json";

  private final Json json;
  private final String file;
  private final byte[] bytes;
  private final Set<String> seen = new HashSet<>();
  private BpeModelJson model;
  private Normalizer normalizer = NormalizerJson.none();
  private PreTokenizer preTokenizer = PreTokenizerJson.none();
  private Decoder decoder = new Decoder(List.of(new Decoder.SpaceBetween()));
  private SpecialTokenTemplate template = SpecialTokenTemplate.NONE;
  private final List<AddedToken> added = new ArrayList<>();

  private TokenizerJson(String file, byte[] bytes) {
    this.json = Json.of(file, TokenizerException::new);
    this.file = file;
    this.bytes = bytes;
  }

  static TokenizerDefinition read(TokenizerFiles files) {
    TokenizerJson reader = new TokenizerJson(files.name(NAME), files.read(NAME));
    return reader.read();
  }

  private TokenizerDefinition read() {
    json.stream(
        bytes,
        parser -> {
          while (parser.nextToken() != JsonToken.END_OBJECT) {
            part(parser);
          }
          return this;
        });
    if (model == null) {
      throw TokenizerException.of(file, "model", "an object", "nothing");
    }
    if (model.needsSecondPass()) {
      model.readMergesAgain(bytes);
    }
    BpeModel bpe = model.finish();
    return new TokenizerDefinition(
        NAME, kind(bpe), bpe, normalizer, preTokenizer, decoder, added, null, null, template);
  }

  private void part(JsonParser parser) throws IOException {
    String key = parser.currentName();
    if (!seen.add(key)) {
      throw TokenizerException.of(file, key, "each key once", "it twice");
    }
    JsonToken token = parser.nextToken();
    if (key.equals("model")) {
      model = new BpeModelJson(json);
      model.read(parser);
      return;
    }
    JsonNode node = json.tree(parser, key);
    boolean given = token != JsonToken.VALUE_NULL;
    switch (key) {
      case "version" -> {
        if (!node.isTextual() || !node.textValue().equals("1.0")) {
          throw TokenizerException.of(file, key, "\"1.0\"", JsonObject.shown(node));
        }
      }
      case "truncation", "padding" -> {
        if (given) {
          throw TokenizerException.of(
              file, key, "null (it is not implemented)", JsonObject.shown(node));
        }
      }
      case "added_tokens" -> {
        if (given) {
          readAdded(node);
        }
      }
      case "normalizer" -> {
        if (given) {
          normalizer = NormalizerJson.read(JsonObject.of(json, key, node));
        }
      }
      case "pre_tokenizer" -> {
        if (given) {
          preTokenizer = PreTokenizerJson.read(JsonObject.of(json, key, node));
        }
      }
      case "post_processor" -> {
        if (given) {
          template = PostProcessorJson.read(JsonObject.of(json, key, node));
        }
      }
      case "decoder" -> {
        if (given) {
          decoder = DecoderJson.read(JsonObject.of(json, key, node));
        }
      }
      default ->
          throw TokenizerException.of(
              file, key, "no such part (it is not implemented)", JsonObject.shown(node));
    }
  }

  private void readAdded(JsonNode node) {
    if (!node.isArray()) {
      throw TokenizerException.of(file, "added_tokens", "an array", JsonObject.shown(node));
    }
    int index = 0;
    for (JsonNode element : node) {
      JsonObject token = JsonObject.of(json, "added_tokens[" + index++ + "]", element);
      added.add(AddedToken.read(token, token.get("id", Vocabulary.ID)));
    }
  }

  private String kind(BpeModel bpe) {
    if (isByteLevel(preTokenizer)) {
      return "byte-level BPE";
    }
    return bpe.options().byteFallback() ? "BPE with byte fallback" : "BPE";
  }

  private static boolean isByteLevel(PreTokenizer preTokenizer) {
    return switch (preTokenizer) {
      case PreTokenizer.ByteLevelPreTokenizer b -> true;
      case PreTokenizer.PreTokenizerSequence chain ->
          chain.parts().stream().anyMatch(TokenizerJson::isByteLevel);
      case PreTokenizer.Split s -> false;
      case PreTokenizer.MetaspacePreTokenizer m -> false;
    };
  }
}
