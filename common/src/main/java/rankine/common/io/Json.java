package rankine.common.io;

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
import java.util.regex.Pattern;
import rankine.common.Fault;
import rankine.common.RankineException;

/**
 * Strict JSON from untrusted files: UTF-8 only, no duplicate keys, nothing after the document;
 * nesting, sizes of numbers and strings, and the number of values are limited.
 *
 * <p>Builds trees from Jackson's tokens: the first use of an ObjectMapper costs more time than
 * reading a large vocabulary, and would not tell the key of an error.
 *
 * @param source names the text in messages: a file, or a file and a line
 * @param refusal creates the exception for a fault
 */
public record Json(String source, Refusal refusal) {
  /** Maximum nesting depth. */
  public static final int MAX_DEPTH = 64;

  /** Maximum number of values and keys in one tree, which bounds its memory. */
  public static final int MAX_VALUES = 1_000_000;

  /** Maximum number of tokens of a streamed document: ten times that of SQuAD's train file. */
  private static final int MAX_TOKENS = 20_000_000;

  /** What Jackson's messages add for a programmer. */
  private static final Pattern ASIDE =
      Pattern.compile("( \\(start marker|: enable `).*", Pattern.DOTALL);

  private static final int MAX_STRING = 1 << 28;

  // No canonicalization of names: a vocabulary's keys are all different, and untrusted files must
  // not fill a shared table.
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

  /** Creates the exception for a broken rule. */
  @FunctionalInterface
  public interface Refusal {
    /**
     * Creates an exception whose message names the source.
     *
     * @param cause null if none
     */
    RankineException of(Fault rule, String message, Throwable cause);
  }

  /** Reads an object from a parser positioned at its first token. */
  @FunctionalInterface
  public interface Reading<T> {
    /** Returns the value read. */
    T from(JsonParser parser) throws IOException;
  }

  /** Returns a reader whose exception does not record which rule was broken. */
  public static Json of(String source, BiFunction<String, Throwable, RankineException> refusal) {
    return new Json(source, (_, message, cause) -> refusal.apply(message, cause));
  }

  /** Parses {@code utf8}, which must be one object. */
  public JsonObject object(byte[] utf8) {
    return new JsonObject(this, "", stream(utf8, this::document));
  }

  /** Parses {@code text}, which must be one object. */
  public JsonObject object(Reader text) {
    return new JsonObject(this, "", stream(text, this::document));
  }

  private ObjectNode document(JsonParser parser) throws IOException {
    return new Tree().object(parser, new KeyPath(null, ""), 1);
  }

  /**
   * Streams {@code utf8}, which must be one object, through {@code reading}, which must consume it.
   */
  public <T> T stream(byte[] utf8, Reading<T> reading) {
    return stream(
        new InputStreamReader(
            new ByteArrayInputStream(utf8),
            // Jackson would also guess UTF-16 and UTF-32, and accept malformed UTF-8.
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)),
        reading);
  }

  /** As {@link #stream(byte[], Reading)}, for text. */
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
   * Returns the value at the parser's position. Decimal fractions keep their written digits.
   *
   * @param path of the value, for messages
   */
  public JsonNode tree(JsonParser parser, String path) throws IOException {
    return new Tree().value(parser, new KeyPath(null, path), 1);
  }

  /** Describes the parser's current token for a message. */
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

  /** Returns the path of a key of the object at {@code path}; an empty key is quoted. */
  static String join(String path, String key) {
    String name = key.isEmpty() ? "\"\"" : key;
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Creates the exception for a fault at {@code key}; empty for the whole document. */
  public RankineException fault(Fault rule, String key, String expected, String found) {
    return fault(rule, key, expected, found, null);
  }

  private RankineException fault(
      Fault rule, String key, String expected, String found, Throwable cause) {
    return refusal.of(rule, Shown.fault(source, key, expected, found), cause);
  }

  /**
   * Returns location and problem, without Jackson's second location and its advice to a program.
   */
  private static String problem(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : " at line "
                + e.getLocation().getLineNr()
                + " column "
                + e.getLocation().getColumnNr();
    String what = e.getOriginalMessage();
    return where + ": " + Shown.name(ASIDE.matcher(what).replaceFirst(""));
  }

  /**
   * The path of a value. Rendered for a fault only: keys may be long, and each object's keys begin
   * with its own path.
   *
   * @param parent null for the first value that is read
   */
  private record KeyPath(KeyPath parent, String key) {
    @Override
    public String toString() {
      return parent == null ? key : join(parent.toString(), key);
    }
  }

  /** Builds one tree and counts its values. */
  private final class Tree {
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;
    private int values;

    JsonNode value(JsonParser parser, KeyPath path, int depth) throws IOException {
      count();
      if (depth > MAX_DEPTH) {
        throw fault(
            Fault.JSON_TOO_DEEP,
            path.toString(),
            "at most " + MAX_DEPTH + " levels of JSON",
            "more");
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
        case null, default ->
            throw fault(Fault.NOT_JSON, path.toString(), "a JSON value", found(parser));
      };
    }

    private ObjectNode object(JsonParser parser, KeyPath path, int depth) throws IOException {
      ObjectNode object = nodes.objectNode();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        count();
        String key = parser.currentName();
        KeyPath keyPath = new KeyPath(path, key);
        parser.nextToken();
        // Checked here, with the path: Jackson's own detection would keep a second set of names.
        if (object.has(key)) {
          throw fault(Fault.DUPLICATE_KEY, keyPath.toString(), "each key once", "it twice");
        }
        object.set(key, value(parser, keyPath, depth + 1));
      }
      return object;
    }

    private JsonNode decimal(JsonParser parser, KeyPath path) throws IOException {
      try {
        if (Double.isFinite(parser.getDoubleValue())) {
          return DecimalNode.valueOf(parser.getDecimalValue());
        }
      } catch (NumberFormatException e) {
        // An exponent beyond 32 bits, which Jackson accepts.
        throw fault(Fault.OVERFLOW, path.toString(), "a finite number", found(parser), e);
      }
      throw fault(Fault.OVERFLOW, path.toString(), "a finite number", found(parser));
    }

    private void count() {
      if (++values > MAX_VALUES) {
        throw fault(Fault.JSON_TOO_LARGE, "", "at most " + MAX_VALUES + " JSON values", "more");
      }
    }
  }
}
