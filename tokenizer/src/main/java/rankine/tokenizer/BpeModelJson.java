package rankine.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import rankine.common.TokenizerException;
import rankine.common.io.Json;
import rankine.common.io.Shown;

/** Reads the {@code model} of tokenizer.json, which must be of type BPE. */
final class BpeModelJson {
  private static final String MERGES = "model.merges";

  private final Json json;
  private final String file;
  private final Vocabulary vocabulary;
  private final Set<String> seen = new HashSet<>();
  private MergeReader merges;
  private String unknown;
  private boolean fuseUnknown;
  private boolean byteFallback;
  private boolean ignoreMerges;

  BpeModelJson(Json json) {
    this.json = json;
    this.file = json.source();
    this.vocabulary = new Vocabulary(file, "model.vocab");
  }

  /** Reads the object at the parser's current token, to its end. */
  void read(JsonParser parser) throws IOException {
    expect(parser, JsonToken.START_OBJECT, "model", "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      if (!seen.add(key)) {
        throw TokenizerException.of(file, "model." + key, "each key once", "it twice");
      }
      parser.nextToken();
      option(key, parser);
    }
    for (String key : new String[] {"vocab", "merges"}) {
      if (!seen.contains(key)) {
        throw TokenizerException.of(file, "model." + key, "a BPE's " + key, "nothing");
      }
    }
  }

  /**
   * Returns whether the merges precede the vocabulary in the file, so that they need a second pass.
   */
  boolean needsSecondPass() {
    return merges == null;
  }

  /** Reads the merges in a second pass over the file. */
  void readMergesAgain(byte[] bytes) {
    json.stream(
        bytes,
        parser -> {
          enter(parser, "model");
          enter(parser, "merges");
          readMerges(parser);
          while (parser.nextToken() != null) {}
          return this;
        });
  }

  BpeModel finish() {
    int unknownId = -1;
    if (unknown != null) {
      unknownId = vocabulary.id(unknown);
      if (unknownId < 0) {
        throw TokenizerException.of(
            file, "model.unk_token", "a piece of the vocabulary", Shown.quote(unknown));
      }
    }
    return new BpeModel(
        file,
        vocabulary,
        merges.table(),
        new BpeModel.Options(byteFallback, unknownId, fuseUnknown, ignoreMerges));
  }

  private void option(String key, JsonParser parser) throws IOException {
    switch (key) {
      case "type" -> {
        String type = text(parser, key);
        if (!type.equals("BPE")) {
          throw TokenizerException.of(file, "model.type", "\"BPE\"", Shown.quote(type));
        }
      }
      case "vocab" -> readVocabulary(parser);
      case "merges" -> {
        expect(parser, JsonToken.START_ARRAY, MERGES, "an array");
        if (seen.contains("vocab")) {
          readMerges(parser);
        } else {
          parser.skipChildren();
        }
      }
      case "unk_token" -> unknown = isNull(parser) ? null : text(parser, key);
      case "fuse_unk" -> fuseUnknown = bool(parser, key);
      case "byte_fallback" -> byteFallback = bool(parser, key);
      case "ignore_merges" -> ignoreMerges = bool(parser, key);
      case "dropout" -> {
        if (!isNull(parser)
            && !(parser.currentToken().isNumeric() && parser.getDoubleValue() == 0)) {
          throw TokenizerException.of(
              file, "model.dropout", "null (no other is implemented)", parser.getText());
        }
      }
      case "continuing_subword_prefix", "end_of_word_suffix" -> {
        if (!isNull(parser) && !text(parser, key).isEmpty()) {
          throw TokenizerException.of(
              file,
              "model." + key,
              "null or \"\" (no other is implemented)",
              Shown.quote(parser.getText()));
        }
      }
      default ->
          throw TokenizerException.of(
              file, "model." + key, "no such option (it is not implemented)", Json.found(parser));
    }
  }

  private void readVocabulary(JsonParser parser) throws IOException {
    expect(parser, JsonToken.START_OBJECT, "model.vocab", "an object");
    readVocabulary(parser, file, "model.vocab", vocabulary);
  }

  /** Reads the remaining entries of the parser's current object. */
  static void readVocabulary(JsonParser parser, String file, String key, Vocabulary into)
      throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String piece = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
        throw TokenizerException.of(
            file, key + "[" + Shown.quote(piece) + "]", "an id", Json.found(parser));
      }
      into.add(piece, parser.getIntValue());
    }
  }

  private void readMerges(JsonParser parser) throws IOException {
    merges = new MergeReader(file, MERGES, vocabulary);
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      if (token == JsonToken.VALUE_STRING) {
        merges.addSpaced(
            parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      } else {
        expect(parser, token, JsonToken.START_ARRAY, "\"left right\" or [left, right]");
        expect(parser, parser.nextToken(), JsonToken.VALUE_STRING, "a left piece");
        merges.setLeft(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        expect(parser, parser.nextToken(), JsonToken.VALUE_STRING, "a right piece");
        merges.addRight(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        expect(parser, parser.nextToken(), JsonToken.END_ARRAY, "two pieces");
      }
      token = parser.nextToken();
    }
  }

  private void expect(JsonParser parser, JsonToken found, JsonToken expected, String what)
      throws IOException {
    if (found != expected) {
      throw TokenizerException.of(
          file, MERGES + "[" + merges.count() + "]", what, Json.found(parser));
    }
  }

  private void expect(JsonParser parser, JsonToken token, String key, String what)
      throws IOException {
    if (parser.currentToken() != token) {
      throw TokenizerException.of(file, key, what, Json.found(parser));
    }
  }

  /** Advances from inside an object to the first token of the value of {@code key}. */
  private static void enter(JsonParser parser, String key) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean here = parser.currentName().equals(key);
      parser.nextToken();
      if (here) {
        return;
      }
      parser.skipChildren();
    }
    throw new IllegalStateException("the first pass saw " + key);
  }

  private String text(JsonParser parser, String key) throws IOException {
    expect(parser, JsonToken.VALUE_STRING, "model." + key, "a string");
    return parser.getText();
  }

  private boolean bool(JsonParser parser, String key) throws IOException {
    JsonToken token = parser.currentToken();
    if (!token.isBoolean()) {
      throw TokenizerException.of(file, "model." + key, "true or false", Json.found(parser));
    }
    return token == JsonToken.VALUE_TRUE;
  }

  private static boolean isNull(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_NULL;
  }
}
