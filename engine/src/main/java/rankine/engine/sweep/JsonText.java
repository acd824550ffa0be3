package rankine.engine.sweep;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Strict JSON: UTF-8 only, no key twice, nothing after the object, not too deep. Numbers with a
 * point stay the decimals that were written.
 */
final class JsonText {
  private static final int MOST_SHOWN = 100;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(64).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** Bytes that are no JSON object: what a write that was cut short leaves. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private Malformed(String message) {
      super(message);
    }
  }

  private JsonText() {}

  /**
   * The object in {@code utf8}.
   *
   * @throws Malformed if it is not UTF-8, not JSON, or not an object
   */
  static ObjectNode object(byte[] utf8) throws Malformed {
    JsonNode node;
    try {
      // Decoded here: Jackson would guess UTF-16 and UTF-32 as well.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      node = MAPPER.readTree(text);
    } catch (CharacterCodingException e) {
      throw new Malformed("expected UTF-8 text, found other bytes");
    } catch (JsonProcessingException e) {
      throw new Malformed("expected JSON, found: " + brief(e.getOriginalMessage()));
    } catch (NumberFormatException e) {
      // Jackson lets this one through for an exponent beyond 32 bits.
      throw new Malformed("expected JSON, found: a number with too large an exponent");
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new Malformed("expected a JSON object, found " + kind(node));
  }

  /** {@code text}, cut where it is too long for a message. */
  static String brief(String text) {
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
  }

  /** What {@code node} is, for a message. */
  static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> "'" + brief(node.textValue()) + "'";
      case NUMBER -> brief(node.toString());
      case BOOLEAN -> node.asText();
      case NULL -> "null";
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case MISSING -> "nothing";
      case BINARY, POJO -> "something that is not JSON";
    };
  }
}
