package rankine.tokenizer;

import static rankine.common.io.JsonKind.FLAG;
import static rankine.common.io.JsonKind.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import rankine.common.TokenizerException;
import rankine.common.io.Json;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;

/**
 * The keys of tokenizer_config.json that affect the ids; each may be absent. Ignores its other
 * keys, which concern other programs.
 *
 * @param file the path, for error messages
 * @param addBos {@code add_bos_token}
 * @param addEos {@code add_eos_token}
 * @param named contents of the special tokens it names, by key; empty for a null value
 * @param added {@code added_tokens_decoder}
 * @param tokenizerClass {@code tokenizer_class}
 * @param addPrefixSpace {@code add_prefix_space}
 * @param legacy {@code legacy}
 */
record TokenizerConfig(
    String file,
    Optional<Boolean> addBos,
    Optional<Boolean> addEos,
    Map<String, Optional<String>> named,
    List<AddedToken> added,
    Optional<String> tokenizerClass,
    Optional<Boolean> addPrefixSpace,
    Optional<Boolean> legacy) {
  static final String NAME = "tokenizer_config.json";

  static final String BOS = "bos_token";
  static final String EOS = "eos_token";

  private static final List<String> NAMED =
      List.of(BOS, EOS, "unk_token", "pad_token", "sep_token", "cls_token", "mask_token");

  TokenizerConfig {
    named = Map.copyOf(named);
    added = List.copyOf(added);
  }

  /** Reads the file; every value is absent if the file is. */
  static TokenizerConfig read(TokenizerFiles files) {
    String file = files.name(NAME);
    if (!files.has(NAME)) {
      return new TokenizerConfig(
          file,
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
    JsonObject json = Json.of(file, TokenizerException::new).object(files.read(NAME));
    Map<String, Optional<String>> named = new LinkedHashMap<>();
    for (String key : NAMED) {
      if (json.has(key)) {
        named.put(key, content(json, key));
      }
    }
    return new TokenizerConfig(
        file,
        json.optional("add_bos_token", FLAG),
        json.optional("add_eos_token", FLAG),
        named,
        added(json),
        json.optional("tokenizer_class", STRING),
        json.optional("add_prefix_space", FLAG),
        json.optional("legacy", FLAG));
  }

  /**
   * Refuses a {@code tokenizer_class} outside {@code classes}: it may read {@code files}
   * differently.
   */
  void requireClass(Set<String> classes, String files) {
    if (tokenizerClass.isPresent() && !classes.contains(tokenizerClass.get())) {
      throw TokenizerException.of(
          file,
          "tokenizer_class",
          "for " + files + " " + String.join(" or ", classes.stream().sorted().toList()),
          Shown.quote(tokenizerClass.get()));
    }
  }

  /** The content of a token, written as a string or as an object; empty for null. */
  private static Optional<String> content(JsonObject json, String key) {
    if (!json.isGiven(key)) {
      return Optional.empty();
    }
    return Optional.of(
        json.node(key).isObject()
            ? json.object(key).get("content", STRING)
            : json.get(key, STRING));
  }

  private static List<AddedToken> added(JsonObject json) {
    List<AddedToken> result = new ArrayList<>();
    if (json.isGiven("added_tokens_decoder")) {
      JsonObject tokens = json.object("added_tokens_decoder");
      for (String key : tokens.keys()) {
        if (!key.matches("\\d{1,7}")) {
          throw tokens.fault(key, "an id as key", Shown.quote(key));
        }
        int id = Integer.parseInt(key);
        if (id >= Vocabulary.ID_LIMIT) {
          throw tokens.fault(key, "an id below " + Vocabulary.ID_LIMIT, key);
        }
        result.add(AddedToken.read(tokens.object(key), id));
      }
    }
    return result;
  }

  /** {@code bos_token_id} or {@code eos_token_id} of a model's config.json, or -1. */
  static int modelId(TokenizerFiles files, String key) {
    String name = "config.json";
    if (!files.has(name)) {
      return -1;
    }
    String file = files.name(name);
    JsonNode id = Json.of(file, TokenizerException::new).object(files.peek(name)).node(key);
    // A model with several EOS ids lists the usual one first.
    JsonNode first = id.isArray() && !id.isEmpty() ? id.get(0) : id;
    return first.isIntegralNumber() && first.canConvertToInt() ? first.intValue() : -1;
  }
}
