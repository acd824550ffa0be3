package rankine.common;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;

/**
 * Strict JSON from files that nobody vouches for: UTF-8 only, no key twice in an object, nothing
 * after the document, bounded in depth, in the size of a number or a string, and in values.
 *
 * <p>A tree is built here from Jackson's tokens: the first use of an ObjectMapper costs more time
 * than reading a large vocabulary, and the key of a fault would be unknown.
 *
 * @param source names the text in messages: a file, or a file and a line
 * @param refusal whose exception a fault becomes
 */
public record Json(String source, Refusal refusal) {
  /** Levels of nesting. */
  public static final int MAX_DEPTH = 64;

  /** Values and keys in one tree, which bounds its memory. */
  public static final int MAX_VALUES = 1_000_000;

  /**
   * Tokens of one document, for what is read as a stream: ten times those of SQuAD's train file.
   */
  private static final int MAX_TOKENS = 20_000_000;

  private static final int MAX_STRING = 1 << 28;

  // Names are not canonicalized: a vocabulary's keys are all different, and a shared table that
  // foreign files can fill helps nobody.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH + 1)
                  .maxStringLength(MAX_STRING)
                  .maxTokenCount(MAX_TOKENS)
                  .build())
          .build();

  /** Makes the exception for a broken rule. */
  @FunctionalInterface
  public interface Refusal {
    /**
     * The exception with a message that names the source.
     *
     * @param cause null if there is none
     */
    RankineException of(Fault rule, String message, Throwable cause);
  }

  /** Reads an object from a parser that stands on its first token. */
  @FunctionalInterface
  public interface Reading<T> {
    /** What is read. */
    T from(JsonParser parser) throws IOException;
  }

  /** JSON whose faults become an exception that does not tell rules apart. */
  public static Json of(String source, BiFunction<String, Throwable, RankineException> refusal) {
    return new Json(source, (_, message, cause) -> refusal.apply(message, cause));
  }

  /** The object that {@code utf8} must be. */
  public JsonObject object(byte[] utf8) {
    return new JsonObject(this, "", stream(utf8, this::document));
  }

  /** The object that {@code text} must be. */
  public JsonObject object(Reader text) {
    return new JsonObject(this, "", stream(text, this::document));
  }

  private ObjectNode document(JsonParser parser) throws IOException {
    return new Tree().object(parser, "", 1);
  }

  /** Applies {@code reading} to the object that {@code utf8} must be, which it reads to its end. */
  public <T> T stream(byte[] utf8, Reading<T> reading) {
    return stream(
        new InputStreamReader(
            new ByteArrayInputStream(utf8),
            // Jackson would guess UTF-16 and UTF-32 as well, and let wrong UTF-8 pass.
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)),
        reading);
  }

  /** As {@link #stream(byte[], Reading)}, of text. */
  public <T> T stream(Reader text, Reading<T> reading) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw fault(Fault.WRONG_KIND, "", "a JSON object", found(parser));
      }
      T value = reading.from(parser);
      if (parser.nextToken() != null) {
        throw fault(Fault.NOT_JSON, "", "nothing after the JSON object", found(parser));
      }
      return value;
    } catch (CharacterCodingException e) {
      throw fault(Fault.NOT_UTF8, "", "UTF-8 text", "other bytes", e);
    } catch (StreamConstraintsException e) {
      throw fault(Fault.JSON_TOO_LARGE, "", "JSON within limits", "more" + problem(e), e);
    } catch (JsonProcessingException e) {
      throw fault(Fault.NOT_JSON, "", "valid JSON", "an error" + problem(e), e);
    } catch (IOException e) {
      throw refusal.of(Fault.IO, source + ": cannot be read: " + Shown.reason(e), e);
    }
  }

  /**
   * The value that the parser stands on. Numbers with a point stay the decimals that were written.
   *
   * @param path the value's, for messages
   */
  public JsonNode tree(JsonParser parser, String path) throws IOException {
    return new Tree().value(parser, path, 1);
  }

  /** The token that a parser stands on, for a message. */
  public static String found(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case null -> "the end of the text";
      case START_OBJECT -> "an object";
      case END_OBJECT -> "the end of the object";
      case START_ARRAY -> "an array";
      case END_ARRAY -> "the end of the array";
      case VALUE_STRING -> "\"" + Shown.value(parser.getText()) + "\"";
      default -> Shown.value(parser.getText());
    };
  }

  /** The exception for what is wrong at {@code key}, which may be empty: the whole document. */
  public RankineException fault(Fault rule, String key, String expected, String found) {
    return fault(rule, key, expected, found, null);
  }

  private RankineException fault(
      Fault rule, String key, String expected, String found, Throwable cause) {
    return refusal.of(rule, Shown.fault(source, key, expected, found), cause);
  }

  /** Where and what, without the library's second location, which comes in brackets. */
  private static String problem(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : " at line "
                + e.getLocation().getLineNr()
                + " column "
                + e.getLocation().getColumnNr();
    String what = e.getOriginalMessage();
    int second = what.indexOf(" (start marker");
    return where + ": " + Shown.name(second < 0 ? what : what.substring(0, second));
  }

  /** Builds one tree and counts what it holds. */
  private final class Tree {
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;
    private int values;

    JsonNode value(JsonParser parser, String path, int depth) throws IOException {
      count();
      if (depth > MAX_DEPTH) {
        throw fault(Fault.JSON_TOO_DEEP, path, "at most " + MAX_DEPTH + " levels of JSON", "more");
      }
      return switch (parser.currentToken()) {
        case START_OBJECT -> object(parser, path, depth);
        case START_ARRAY -> {
          ArrayNode array = nodes.arrayNode();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser, path, depth + 1));
          }
          yield array;
        }
        case VALUE_STRING -> nodes.textNode(parser.getText());
        case VALUE_NUMBER_INT ->
            switch (parser.getNumberType()) {
              case INT -> nodes.numberNode(parser.getIntValue());
              case LONG -> nodes.numberNode(parser.getLongValue());
              default -> nodes.numberNode(parser.getBigIntegerValue());
            };
        case VALUE_NUMBER_FLOAT -> decimal(parser, path);
        case VALUE_TRUE -> nodes.booleanNode(true);
        case VALUE_FALSE -> nodes.booleanNode(false);
        case VALUE_NULL -> nodes.nullNode();
        case null, default -> throw fault(Fault.NOT_JSON, path, "a JSON value", found(parser));
      };
    }

    private ObjectNode object(JsonParser parser, String path, int depth) throws IOException {
      ObjectNode object = nodes.objectNode();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        count();
        String key = parser.currentName();
        String keyPath = path.isEmpty() ? key : path + "." + key;
        parser.nextToken();
        // The tree itself tells, and with the path: Jackson's own detection keeps a second set.
        if (object.has(key)) {
          throw fault(Fault.DUPLICATE_KEY, keyPath, "each key once", "it twice");
        }
        object.set(key, value(parser, keyPath, depth + 1));
      }
      return object;
    }

    private JsonNode decimal(JsonParser parser, String path) throws IOException {
      try {
        if (Double.isFinite(parser.getDoubleValue())) {
          return DecimalNode.valueOf(parser.getDecimalValue());
        }
      } catch (NumberFormatException e) {
        // An exponent beyond 32 bits, which Jackson lets through.
        throw fault(Fault.OVERFLOW, path, "a finite number", found(parser), e);
      }
      throw fault(Fault.OVERFLOW, path, "a finite number", found(parser));
    }

    private void count() {
      if (++values > MAX_VALUES) {
        throw fault(Fault.JSON_TOO_LARGE, "", "at most " + MAX_VALUES + " JSON values", "more");
      }
    }
  }
}
