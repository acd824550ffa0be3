package rankine.tokenizer;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import rankine.common.TokenizerException;
import rankine.common.io.Json;
import rankine.common.io.JsonObject;
import rankine.common.io.Shown;
import rankine.common.io.Text;

/** Collects the added tokens of several files and checks them against the vocabulary. */
final class AddedTokens {
  private final Vocabulary vocabulary;
  private final Map<String, AddedToken> byContent = new LinkedHashMap<>();
  private final Map<Integer, String> contents = new HashMap<>();

  AddedTokens(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Adds a token. A definition from an earlier file takes precedence. */
  void add(AddedToken token, String file) {
    int known = id(token.content());
    String holder = contents.getOrDefault(token.id(), vocabulary.piece(token.id()));
    if (known >= 0 && known != token.id()) {
      throw fault(token, file, "id " + known + ", as in the vocabulary", "id " + token.id());
    }
    if (holder != null && !holder.equals(token.content())) {
      throw fault(
          token, file, "an id of its own", token.id() + ", the id of " + Shown.quote(holder));
    }
    if (byContent.putIfAbsent(token.content(), token) == null) {
      contents.put(token.id(), token.content());
    }
  }

  /** Adds the tokens of added_tokens.json (content to id), if the file exists. */
  void addFile(TokenizerFiles files) {
    String name = "added_tokens.json";
    if (!files.has(name)) {
      return;
    }
    String file = files.name(name);
    JsonObject json = Json.of(file, TokenizerException::new).object(files.read(name));
    for (String content : json.keys()) {
      int id = json.get(content, Vocabulary.ID);
      if (content.isEmpty()) {
        throw json.fault(content, "a token that is not empty", "\"\"");
      }
      if (!Text.isWellFormed(content)) {
        throw json.fault(content, "tokens in Unicode", "half of a surrogate pair");
      }
      add(new AddedToken(id, content, false, false, false, false, false), file);
    }
  }

  /** Makes a token that tokenizer_config.json names special, if the vocabulary has it. */
  void nameSpecial(String content) {
    int id = vocabulary.id(content);
    if (id >= 0 && !byContent.containsKey(content)) {
      byContent.put(content, AddedToken.special(id, content));
      contents.put(id, content);
    }
  }

  /** The id of a token or piece, or -1. */
  int id(String content) {
    AddedToken token = byContent.get(content);
    return token != null ? token.id() : vocabulary.id(content);
  }

  boolean has(int id) {
    return contents.containsKey(id) || vocabulary.piece(id) != null;
  }

  /** Refuses a template's id that is neither in the vocabulary nor an added token's. */
  void require(int id, String file) {
    if (!has(id)) {
      throw TokenizerException.of(
          file, "post_processor", "ids of the vocabulary", Integer.toString(id));
    }
  }

  List<AddedToken> tokens() {
    return List.copyOf(byContent.values());
  }

  private static TokenizerException fault(
      AddedToken token, String file, String expected, String found) {
    return TokenizerException.of(
        file, "added token " + Shown.quote(token.content()), expected, found);
  }
}
