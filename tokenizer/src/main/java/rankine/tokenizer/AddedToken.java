package rankine.tokenizer;

import static rankine.common.io.JsonKind.FLAG;
import static rankine.common.io.JsonKind.STRING;

import java.util.ArrayList;
import java.util.List;
import rankine.common.io.JsonObject;

/**
 * A token that is matched in the text before the BPE model encodes the rest.
 *
 * @param special whether it is a control token, not text
 * @param normalized whether its normalized content is matched in the normalized text
 * @param singleWord whether it matches whole words only
 * @param lstrip whether it includes the white space to its left
 * @param rstrip whether it includes the white space to its right
 */
record AddedToken(
    int id,
    String content,
    boolean special,
    boolean normalized,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip) {

  /** A special token that is matched in the raw text. */
  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, true, false, false, false, false);
  }

  /** Reads the fields of an added token, except its id, which each file stores elsewhere. */
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

  /** A matcher of the {@code tokens} for normalized text, or of those for raw text. */
  static AddedTokenMatcher matcher(
      List<AddedToken> tokens, boolean normalized, Normalizer normalizer) {
    List<AddedTokenMatcher.MatchableToken> chosen = new ArrayList<>();
    // Special tokens go first: of two tokens with the same text the first wins.
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
