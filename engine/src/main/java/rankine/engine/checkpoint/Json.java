package rankine.engine.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import rankine.common.CheckpointException;
import rankine.common.Fault;
import rankine.common.Shown;

/**
 * Strict JSON from files that nobody vouches for: UTF-8 only, no duplicate keys, capped in bytes,
 * depth and number of values.
 */
final class Json {
  /** Bytes of a JSON document that is a file of its own. The largest known index has 9 MB. */
  static final int MAX_BYTES = 16 << 20;

  /** Levels of nesting. */
  static final int MAX_DEPTH = 64;

  /** Values and keys in one document, which bounds the memory of its tree. */
  static final int MAX_VALUES = 1_000_000;

  private static final int MAX_STRING = 16 << 20;

  // Names are not canonicalized: a shared table that foreign files can fill helps nobody.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH + 1)
                  .maxStringLength(MAX_STRING)
                  .build())
          .build();

  /** Reads from a parser; what it throws is turned into this package's exception. */
  interface Reading<T> {
    T from(JsonParser parser) throws IOException;
  }

  private final Path file;
  private int values;

  private Json(Path file) {
    this.file = file;
  }

  /** The JSON object in {@code file}. */
  static ObjectNode readObject(Path file) {
    return parseObject(file, readCapped(file));
  }

  /** The JSON object in {@code utf8}; {@code file} is for messages. */
  static ObjectNode parseObject(Path file, byte[] utf8) {
    return parse(
        file,
        utf8,
        parser -> {
          parser.nextToken();
          return new Json(file).object(parser, "", 1);
        });
  }

  /** Applies {@code reading} to the whole of {@code utf8}: one JSON value and nothing after it. */
  static <T> T parse(Path file, byte[] utf8, Reading<T> reading) {
    Reader strict =
        new InputStreamReader(
            new ByteArrayInputStream(utf8),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try (JsonParser parser = FACTORY.createParser(strict)) {
      T value = reading.from(parser);
      if (parser.nextToken() != null) {
        throw CheckpointException.of(
            Fault.NOT_JSON, file, "expected nothing after the JSON object, found " + found(parser));
      }
      return value;
    } catch (CharacterCodingException e) {
      throw CheckpointException.of(Fault.NOT_UTF8, file, "expected UTF-8 text, found other bytes");
    } catch (StreamConstraintsException e) {
      throw CheckpointException.of(
          Fault.JSON_TOO_LARGE, file, "expected JSON within limits, found more" + problem(e));
    } catch (JsonProcessingException e) {
      throw CheckpointException.of(
          Fault.NOT_JSON, file, "expected valid JSON, found an error" + problem(e));
    } catch (IOException e) {
      throw CheckpointException.io(file, "cannot be read", e);
    }
  }

  /** The current token, for a message. */
  static String found(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case null -> "the end of the text";
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "\"" + Shown.value(parser.getText()) + "\"";
      default -> Shown.value(parser.getText());
    };
  }

  private static byte[] readCapped(Path file) {
    try (FileChannel channel = Channels.open(file)) {
      long size = channel.size();
      if (size > MAX_BYTES) {
        throw CheckpointException.of(
            Fault.JSON_TOO_LARGE,
            file,
            "expected at most " + MAX_BYTES + " bytes of JSON, found " + size);
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      Channels.readFully(channel, buffer, 0);
      return buffer.array();
    } catch (IOException e) {
      throw CheckpointException.io(file, "cannot be read", e);
    }
  }

  private JsonNode value(JsonParser parser, String path, int depth) throws IOException {
    count();
    if (depth > MAX_DEPTH) {
      throw CheckpointException.of(
          Fault.JSON_TOO_DEEP, file, path, "expected at most " + MAX_DEPTH + " levels of JSON");
    }
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    JsonToken token = parser.currentToken();
    return switch (token) {
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
            case INT, LONG -> nodes.numberNode(parser.getLongValue());
            default -> nodes.numberNode(parser.getBigIntegerValue());
          };
      case VALUE_NUMBER_FLOAT -> {
        double number = parser.getDoubleValue();
        if (!Double.isFinite(number)) {
          throw CheckpointException.of(
              Fault.OVERFLOW, file, path, "expected a finite number, found " + found(parser));
        }
        yield nodes.numberNode(number);
      }
      case VALUE_TRUE -> nodes.booleanNode(true);
      case VALUE_FALSE -> nodes.booleanNode(false);
      case VALUE_NULL -> nodes.nullNode();
      case null, default ->
          throw CheckpointException.of(
              Fault.NOT_JSON, file, "expected a JSON value, found " + found(parser));
    };
  }

  private ObjectNode object(JsonParser parser, String path, int depth) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw CheckpointException.of(
          Fault.WRONG_KIND, file, "expected a JSON object, found " + found(parser));
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      count();
      String key = parser.currentName();
      String keyPath = path.isEmpty() ? key : path + "." + key;
      parser.nextToken();
      if (object.has(key)) {
        throw CheckpointException.of(
            Fault.DUPLICATE_KEY, file, keyPath, "expected each key once, found it twice");
      }
      object.set(key, value(parser, keyPath, depth + 1));
    }
    return object;
  }

  private void count() {
    if (++values > MAX_VALUES) {
      throw CheckpointException.of(
          Fault.JSON_TOO_LARGE,
          file,
          "expected at most " + MAX_VALUES + " JSON values, found more");
    }
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
}
