package rankine.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Locale;
import rankine.common.TokenizerException;

/** Hardened JSON: bounded depth, no key twice, nothing after the document. */
final class Json {
  private static final int DEPTH = 64;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH).build())
          // A vocabulary's keys are all different: remembering them only costs time.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private Json() {}

  /** What to do with a parser that stands on the first token of the document. */
  interface Read<T> {
    T from(JsonParser parser) throws IOException;
  }

  /** Reads the one object that {@code bytes} must hold. */
  static <T> T readObject(String file, byte[] bytes, Read<T> read) {
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw TokenizerException.of(file, "", "a JSON object", kind(parser.currentToken()));
      }
      T result = read.from(parser);
      if (parser.nextToken() != null) {
        throw TokenizerException.of(
            file, "", "the end of the file after the object", kind(parser.currentToken()));
      }
      return result;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String place = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw TokenizerException.of(file, place, "valid JSON", e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw TokenizerException.of(file, "", "valid JSON", String.valueOf(e.getMessage()), e);
    }
  }

  /** The whole document as a tree: for files and parts that are small. */
  static JsonNode readTree(String file, byte[] bytes) {
    return readObject(file, bytes, Json::tree);
  }

  /**
   * The value that the parser stands on, as a tree. Built here rather than by an ObjectMapper,
   * whose first use costs more time than reading a large vocabulary.
   */
  static JsonNode tree(JsonParser parser) throws IOException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        ObjectNode object = nodes.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          parser.nextToken();
          if (object.replace(key, tree(parser)) != null) {
            throw new JsonParseException(
                parser, "the key " + TokenizerException.quote(key) + " twice in one object");
          }
        }
        yield object;
      }
      case START_ARRAY -> {
        ArrayNode array = nodes.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(tree(parser));
        }
        yield array;
      }
      case VALUE_STRING -> nodes.textNode(parser.getText());
      case VALUE_TRUE -> nodes.booleanNode(true);
      case VALUE_FALSE -> nodes.booleanNode(false);
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.INT
              ? nodes.numberNode(parser.getIntValue())
              : nodes.numberNode(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
      case VALUE_NULL -> nodes.nullNode();
      default -> throw new JsonParseException(parser, "no value: " + parser.currentToken());
    };
  }

  /** A token for a message: "an array", "a string", … */
  static String kind(JsonToken token) {
    return switch (token) {
      case null -> "nothing";
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      case VALUE_NULL -> "null";
      case END_ARRAY -> "the end of the array";
      default -> token.name().toLowerCase(Locale.ROOT);
    };
  }
}
