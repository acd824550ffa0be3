package rankine.engine.checkpoint;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rankine.engine.checkpoint.Raw.refused;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.CheckpointException;
import rankine.common.Fault;

class SettingsTest {
  private static final Set<String> NONE = Set.of();

  @TempDir Path folder;

  private static Settings parse(String json) {
    return Settings.parse(Path.of("config.json"), json);
  }

  private static void refusedSetting(Executable action, String message) {
    CheckpointException e = refused(Fault.BAD_SETTING, action);
    assertEquals("config.json: " + message, e.getMessage());
  }

  @Test
  void readsEveryKind() {
    Settings s =
        parse(
            """
            {"t":"x","n":3,"f":1e-05,"i":10000,"yes":true,"no":false,"null":null,
             "list":[1,2.5],"texts":["a","b"],"o":{"k":{"deep":1}}}
            """);
    assertEquals("x", s.text("t"));
    assertEquals(3, s.count("n"));
    assertEquals(1e-5, s.number("f"));
    assertEquals(10000.0, s.number("i"));
    assertTrue(s.flag("yes", false));
    assertFalse(s.flag("no", true));
    assertEquals(List.of(1.0, 2.5), s.numbers("list").orElseThrow());
    assertEquals(List.of("a", "b"), s.texts("texts").orElseThrow());
    assertEquals(1, s.object("o").orElseThrow().object("k").orElseThrow().count("deep"));
    assertTrue(s.has("t"));
    assertFalse(s.has("null"));
    assertFalse(s.has("absent"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "absent"})
  void nullIsAbsent(String key) {
    Settings s = parse("{\"null\":null}");
    assertEquals("d", s.text(key, "d"));
    assertEquals(7, s.count(key, 7));
    assertEquals(0.5, s.number(key, 0.5));
    assertTrue(s.flag(key, true));
    assertEquals(Optional.empty(), s.optionalText(key));
    assertEquals(OptionalInt.empty(), s.optionalCount(key));
    assertEquals(OptionalDouble.empty(), s.optionalNumber(key));
    assertEquals(Optional.empty(), s.optionalFlag(key));
    assertEquals(Optional.empty(), s.numbers(key));
    assertEquals(Optional.empty(), s.texts(key));
    assertEquals(Optional.empty(), s.object(key));
    assertEquals("a", s.oneOf(key, "a", List.of("a", "b")));
    s.require(key, "only");
    List<Executable> needed = List.of(() -> s.text(key), () -> s.count(key), () -> s.number(key));
    for (Executable action : needed) {
      CheckpointException e = refused(Fault.MISSING_SETTING, action);
      assertEquals("config.json: " + key + ": expected a value, found none", e.getMessage());
    }
  }

  @Test
  void refusesTheWrongKindEvenWithAFallback() {
    Settings s =
        parse(
            "{\"t\":\"x\",\"zero\":0,\"neg\":-1,\"f\":1.0,\"big\":2147483648,\"huge\":1"
                + "0".repeat(100)
                + ",\"o\":{},\"l\":[1,\"x\"]}");
    refusedSetting(() -> s.count("t", 1), "t: expected a positive integer, found \"x\"");
    refusedSetting(() -> s.count("zero", 1), "zero: expected a positive integer, found 0");
    refusedSetting(() -> s.count("neg", 1), "neg: expected a positive integer, found -1");
    refusedSetting(() -> s.count("f", 1), "f: expected a positive integer, found 1.0");
    refusedSetting(() -> s.count("big", 1), "big: expected a positive integer, found 2147483648");
    refusedSetting(
        () -> s.optionalCount("huge"),
        "huge: expected a positive integer, found 1" + "0".repeat(59) + "…");
    refusedSetting(() -> s.number("t"), "t: expected a finite number, found \"x\"");
    refusedSetting(() -> s.text("f"), "f: expected a string, found 1.0");
    refusedSetting(() -> s.flag("zero", false), "zero: expected true or false, found 0");
    refusedSetting(() -> s.object("l"), "l: expected an object, found [1,\"x\"]");
    refusedSetting(() -> s.numbers("l"), "l: expected a list of finite numbers, found [1,\"x\"]");
    refusedSetting(() -> s.texts("o"), "o: expected a list of strings, found {}");
  }

  @Test
  void requiresAllowedValues() {
    Settings s = parse("{\"b\":true,\"n\":1,\"t\":\"silu\"}");
    s.require("b", true);
    s.require("n", 0, 1.0);
    s.require("t", "gelu", "silu");
    assertEquals("silu", s.oneOf("t", "gelu", List.of("gelu", "silu")));
    refused(
        Fault.UNSUPPORTED_SETTING,
        () -> s.require("b", false),
        "config.json: b: expected false, found true");
    refused(Fault.UNSUPPORTED_SETTING, () -> s.require("n", true, "1"), "n: expected [true, 1]");
    refused(Fault.UNSUPPORTED_SETTING, () -> s.require("n"), "n: expected none, found 1");
    refused(
        Fault.UNSUPPORTED_SETTING,
        () -> s.oneOf("t", "gelu", List.of("gelu")),
        "t: expected one of [gelu], found \"silu\"");
    assertThrows(IllegalArgumentException.class, () -> s.require("n", List.of()));
  }

  @Test
  void finishRefusesUnreadSettings() {
    String json = "{\"a\":1,\"quantization_config\":{\"bits\":4,\"x\":\"" + "y".repeat(99) + "\"}}";
    Settings s = parse(json);
    assertEquals(1, s.count("a"));
    CheckpointException e = refused(Fault.UNKNOWN_SETTING, () -> s.finish(NONE));
    assertEquals(
        "config.json: quantization_config: a setting this engine does not know and so must not"
            + " ignore (found {\"bits\":4,\"x\":\""
            + "y".repeat(45)
            + "…)",
        e.getMessage());
    assertDoesNotThrow(() -> s.finish(Set.of("quantization_config")));
    refused(Fault.UNKNOWN_SETTING, () -> parse(json).finish(NONE), "config.json: a: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "true",
        "\"x\"",
        "[0]",
        "{\"a\":null}",
        "-0.5",
        "[null]",
      })
  void finishRefusesNonNeutralValues(String value) {
    refused(Fault.UNKNOWN_SETTING, () -> parse("{\"k\":" + value + "}").finish(NONE), "k: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "false", "0", "0.0", "-0.0", "\"\"", "[]", "{}"})
  void finishAcceptsNeutralValues(String value) {
    assertDoesNotThrow(() -> parse("{\"k\":" + value + "}").finish(NONE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_name_or_path", "summary_type", "eos_token_id", "attention_dropout", "embd_pdrop",
        "transformers_version", "torch_dtype", "architectures", "use_cache", "initializer_range",
        "task_specific_params", "temperature", "output_attentions", "id2label", "is_decoder",
      })
  void finishAcceptsSettingsThatCannotChangeTheLogits(String key) {
    assertDoesNotThrow(() -> parse("{\"" + key + "\":[1]}").finish(NONE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tie_word_embeddings",
        "pruned_heads",
        "is_encoder_decoder",
        "add_cross_attention",
        "quantization_config",
        "auto_map",
        "rope_scaling",
        "sliding_window",
        "logits_soft_cap",
      })
  void finishRefusesSettingsThatMayChangeTheLogits(String key) {
    refused(Fault.UNKNOWN_SETTING, () -> parse("{\"" + key + "\":[1]}").finish(NONE), key);
  }

  @Test
  void finishChecksNestedObjectsThatWereRead() {
    Settings s = parse("{\"rope_scaling\":{\"type\":\"linear\",\"factor\":2,\"more\":1}}");
    Settings rope = s.object("rope_scaling").orElseThrow();
    assertEquals("linear", rope.text("type"));
    refused(
        Fault.UNKNOWN_SETTING, () -> s.finish(NONE), "config.json: rope_scaling.factor: ", "2)");
    assertEquals(2, s.object("rope_scaling").orElseThrow().number("factor"));
    refused(Fault.UNKNOWN_SETTING, () -> s.finish(NONE), "config.json: rope_scaling.more: ");
    assertDoesNotThrow(() -> s.finish(Set.of("rope_scaling.more")));
    refused(Fault.UNKNOWN_SETTING, () -> s.fresh().finish(NONE), "config.json: rope_scaling: ");
    refused(Fault.BAD_SETTING, () -> rope.count("type"), "rope_scaling.type: expected a positive");
  }

  @Test
  void refusesInvalidJson() {
    refused(Fault.WRONG_KIND, () -> parse("[]"), "config.json: expected a JSON object");
    refused(Fault.WRONG_KIND, () -> parse(""), "the end of the text");
    refused(Fault.NOT_JSON, () -> parse("{\"a\":1,}"), "config.json: ", "line 1 column");
    refused(Fault.NOT_JSON, () -> parse("{\"a\":NaN}"));
    refused(Fault.NOT_JSON, () -> parse("{} 1"));
    refused(Fault.OVERFLOW, () -> parse("{\"a\":[1e999]}"), "config.json: a: ", "1e999");
    refused(Fault.NOT_JSON, () -> parse("{\"a\":"));
    refused(Fault.NOT_JSON, () -> parse("{\"a\":[1"));
    refused(Fault.DUPLICATE_KEY, () -> parse("{\"a\":{\"b\":1,\"b\":2}}"), "config.json: a.b: ");
    String deep = "[".repeat(64) + "]".repeat(64);
    refused(Fault.JSON_TOO_DEEP, () -> parse("{\"a\":" + deep + "}"), "config.json: a: ");
    assertDoesNotThrow(() -> parse("{\"a\":" + deep.substring(1, 127) + "}"));
    refused(Fault.JSON_TOO_DEEP, () -> parse("{\"a\":" + "[".repeat(1_000_000)));
    refused(Fault.JSON_TOO_DEEP, () -> parse("{\"a\":".repeat(1_000_000)));
    refused(Fault.JSON_TOO_LARGE, () -> parse("{\"a\":[0" + ",0".repeat(1_000_000) + "]}"));
  }

  @Test
  void refusesHugeFiles() throws IOException {
    Path file = folder.resolve("config.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 40);
    }
    refused(Fault.JSON_TOO_LARGE, () -> Settings.read(file), "found 1099511627776");
  }

  @Test
  void returnsTheFileAsJson() {
    assertEquals("{\"b\":[1,\"x\"],\"a\":null}", parse(" {\"b\": [1, \"x\"], \"a\": null}").json());
  }
}
