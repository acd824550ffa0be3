package rankine.tokenizer;

import static rankine.common.JsonKind.FLAG;
import static rankine.common.JsonKind.STRING;

import java.util.ArrayList;
import java.util.List;
import rankine.common.JsonObject;

/**
 * A token that is found in text as it stands, before the model sees the text.
 *
 * @param special it carries meaning for the model and is no text
 * @param normalized it is looked for in normalized text, itself normalized
 */
record AddedToken(
    int id,
    String content,
    boolean special,
    boolean normalized,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip) {

  /** A special token that is found as it stands. */
  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, true, false, false, false, false);
  }

  /** Reads the fields that all tokenizer files have for an added token, but for its id. */
  static AddedToken read(JsonObject json, int id) {
    String content = json.get("content", STRING);
    if (content.isEmpty()) {
      throw json.fault("content", "a token that is not empty", "\"\"");
    }
    AddedToken token =
        new AddedToken(
            id,
            content,
            json.get("special", FLAG),
            json.get("normalized", FLAG),
            json.get("single_word", FLAG),
            json.get("lstrip", FLAG),
            json.get("rstrip", FLAG));
    json.done();
    return token;
  }

  /** A matcher for those of {@code tokens} that are looked for in raw or in normalized text. */
  static AddedTokenMatcher matcher(
      List<AddedToken> tokens, boolean normalized, Normalizer normalizer) {
    List<AddedTokenMatcher.MatchableToken> chosen = new ArrayList<>();
    // Special tokens come before the others, which matters where two have the same text.
    for (boolean special : new boolean[] {true, false}) {
      for (AddedToken token : tokens) {
        if (token.normalized == normalized && token.special == special) {
          String text = normalized ? normalizer.apply(token.content) : token.content;
          if (!text.isEmpty()) {
            chosen.add(
                new AddedTokenMatcher.MatchableToken(
                    text, token.id, token.singleWord, token.lstrip, token.rstrip));
          }
        }
      }
    }
    return new AddedTokenMatcher(chosen);
  }
}
