package rankine.common.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rankine.common.Fault;
import rankine.common.RunException;

class JsonTest {
  private record Refused(Fault rule, String message) {}

  private Fault rule;

  private JsonObject parse(byte[] utf8) {
    return new Json(
            "f.json",
            (broken, message, cause) -> {
              rule = broken;
              return new RunException(message, cause);
            })
        .object(utf8);
  }

  private JsonObject parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private Refused refused(byte[] utf8) {
    String message = assertThrows(RunException.class, () -> parse(utf8)).getMessage();
    return new Refused(rule, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                    | WRONG_KIND    | f.json: expected a JSON object, found an array",
        "``                    | WRONG_KIND    | f.json: expected a JSON object, found the end of the text",
        "{} {}                 | NOT_JSON      | f.json: expected nothing after the JSON object, found an object",
        "{\"a\":{\"b\":1,\"b\":2}} | DUPLICATE_KEY | f.json: a.b: expected each key once, found it twice",
        "{\"a\":[1e999]}       | OVERFLOW      | f.json: a: expected a finite number, found 1e999",
        "{\"a\":1e99999999999} | OVERFLOW      | f.json: a: expected a finite number, found 1e99999999999",
      })
  void aFaultNamesSourceKeyExpectedAndFound(String text, Fault broken, String message) {
    assertEquals(new Refused(broken, message), refused(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void onlyUtf8IsRead() {
    assertEquals(Fault.NOT_UTF8, refused(new byte[] {'{', '"', (byte) 0xC0, (byte) 0x80}).rule());
    assertEquals(Fault.NOT_JSON, rule("{}", StandardCharsets.UTF_16LE));
    assertEquals(Fault.NOT_JSON, rule("\uFEFF{}", StandardCharsets.UTF_8));
  }

  private Fault rule(String text, java.nio.charset.Charset charset) {
    return refused(text.getBytes(charset)).rule();
  }

  @Test
  void depthAndValuesAreBounded() {
    String deep = "[".repeat(1_000_000);
    assertEquals(Fault.JSON_TOO_DEEP, rule("{\"a\":" + deep, StandardCharsets.UTF_8));
    String many = "{\"a\":[0" + ",0".repeat(Json.MAX_VALUES) + "]}";
    assertEquals(Fault.JSON_TOO_LARGE, rule(many, StandardCharsets.UTF_8));
  }

  /** Sixty copies of a path of 64 MiB, one for each level, would exceed the heap of 3 GiB. */
  @Test
  void noPathIsBuiltWithoutAFault() {
    String path = "p".repeat(1 << 26);
    int levels = 60;
    String text = "{\"k\":".repeat(levels) + "0" + "}".repeat(levels);
    Json json = Json.of("f.json", RunException::new);
    JsonNode node =
        json.stream(text.getBytes(StandardCharsets.UTF_8), parser -> json.tree(parser, path));
    for (int i = 0; i < levels; i++) {
      node = node.get("k");
    }
    assertEquals(0, node.intValue());
  }

  @Test
  void decimalsStayAsTheyWereWritten() {
    JsonObject json = parse("{\"a\":0.10,\"b\":9223372036854775807}");
    assertEquals(new BigDecimal("0.10"), json.node("a").decimalValue());
    assertEquals(Long.MAX_VALUE, json.get("b", JsonKind.LONG));
  }

  @Test
  void eachAccessorChecksTheKind() {
    JsonObject json = parse("{\"n\":null,\"l\":[1,\"x\"],\"o\":{\"s\":\"\",\"u\":\"\\ud800\"}}");
    assertEquals(Optional.empty(), json.nullable("n", JsonKind.FLAG));
    assertEquals(Optional.empty(), json.optional("gone", JsonKind.FLAG));
    assertEquals(7, json.get("gone", JsonKind.INTEGER, 7));
    assertEquals(
        "l[1]: expected an integer, found \"x\"", fault(() -> json.list("l", JsonKind.INTEGER)));
    assertEquals(
        "gone: expected true or false, found nothing",
        fault(() -> json.get("gone", JsonKind.FLAG)));
    assertEquals("n: expected an object, found null", fault(() -> json.object("n")));
    JsonObject inner = json.object("o");
    assertEquals(
        "o.s: expected a string that is not empty, found \"\"",
        fault(() -> inner.get("s", JsonKind.TEXT)));
    assertEquals(
        "o.u: expected well-formed Unicode, found a lone surrogate",
        fault(() -> inner.get("u", JsonKind.STRING)));
  }

  @Test
  void faultsHaveNoAdviceForProgrammers() {
    assertEquals(
        "expected valid JSON, found an error at line 1 column 9: Non-standard token 'NaN'",
        fault(() -> parse("{\"a\":NaN}")));
  }

  @Test
  void keysThatNobodyAskedForAreRefused() {
    JsonObject json = parse("{\"a\":1,\"b\":2,\"c\":3}");
    json.ignore("a");
    json.get("c", JsonKind.integer(0, 3));
    assertEquals(List.of("b"), List.copyOf(json.others()));
    assertEquals("b: expected one of a, c, found an unknown key", fault(json::done));
    json.node("b");
    json.done();
  }

  private static String fault(org.junit.jupiter.api.function.Executable read) {
    return assertThrows(RunException.class, read).getMessage().substring("f.json: ".length());
  }
}
