package rankine.engine.perplexity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.TaskException;
import rankine.common.io.TextFile;
import rankine.engine.edit.Edit;
import rankine.engine.edit.EditMethod;
import rankine.engine.edit.EditPlan;
import rankine.engine.edit.FactoredMode;
import rankine.engine.replay.ProgressListener;
import rankine.engine.run.BackendOptions;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.PromptIds;
import rankine.testdata.TestData;
import rankine.tokenizer.Tokenizer;
import rankine.tokenizer.Tokenizers;

/**
 * Perplexities against golden ones (float64, PyTorch); windows against those of lm-eval and others.
 */
class PerplexityTest {
  @TempDir Path folder;

  private static JsonNode golden() throws IOException {
    return new ObjectMapper()
        .readTree(TestData.text("golden_perplexity.json").toFile())
        .get("texts");
  }

  private static Path model(JsonNode text) {
    String name = text.get("model").textValue();
    return name.startsWith("demo/")
        ? TestData.demo().resolve("checkpoint")
        : TestData.model(name.substring(name.indexOf('/') + 1));
  }

  private static WindowProtocol protocol(JsonNode setting) {
    return new WindowProtocol(
        setting.get("context").intValue(),
        setting.get("stride").intValue(),
        WindowMode.valueOf(setting.get("mode").textValue().toUpperCase(Locale.ROOT)));
  }

  static Stream<JsonNode> texts() throws IOException {
    return golden().valueStream();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void windowsOfEverySetting(JsonNode golden) throws IOException {
    Tokenizer tokenizer = Tokenizers.load(model(golden));
    TextFile text = TextFile.read(TestData.text(golden.get("text").textValue()));
    int[] ids = PromptIds.of(tokenizer, text.text());
    assertEquals(golden.get("ids").intValue(), ids.length);
    assertEquals(golden.get("bytes").longValue(), text.bytes());
    for (JsonNode setting : golden.get("settings")) {
      List<TextWindow> windows = protocol(setting).over(ids.length, "text");
      assertEquals(setting.get("windows").intValue(), windows.size(), setting::toString);
      assertEquals(
          setting.get("scored").intValue(),
          windows.stream().mapToInt(TextWindow::scored).sum(),
          setting::toString);
    }
  }

  /** The first number is the text, the second the setting, in the golden file. */
  @ParameterizedTest
  @CsvSource({"3, 1", "3, 3"})
  void goldenPerplexity(int text, int setting) throws IOException {
    check(text, setting, "vector");
  }

  @Tag("thorough")
  @Test
  void withoutTheShorterWindows() throws IOException {
    check(1, 1, "vector");
  }

  @Tag("thorough")
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void everySettingOfOneText(int setting) throws IOException {
    check(0, setting, "vector");
  }

  @Tag("thorough")
  @Test
  void scalar() throws IOException {
    check(3, 3, "scalar");
  }

  private static void check(int textIndex, int settingIndex, String backend) throws IOException {
    JsonNode text = golden().get(textIndex);
    JsonNode setting = text.get("settings").get(settingIndex);
    try (LoadedModel loaded =
        LoadedModel.open(model(text), new BackendOptions(backend, 0, 2, false))) {
      List<Double> lines = new ArrayList<>();
      Perplexity found =
          Perplexity.of(
              loaded,
              TextFile.read(TestData.text(text.get("text").textValue())),
              protocol(setting),
              0,
              (window, nll) -> lines.add(nll),
              ProgressListener.NONE);
      assertEquals(text.get("ids_sha256"), found.toJson().at("/text/ids_sha256"));
      assertEquals(text.get("words").longValue(), found.words());
      assertClose(setting, "sum_nll", found.nll());
      assertClose(setting, "mean_nll", found.nllPerToken());
      assertClose(setting, "perplexity", found.perplexity());
      assertClose(setting, "bits_per_byte", found.bitsPerByte());
      assertClose(setting, "word_perplexity", found.wordPerplexity());
      assertEquals(found.windows(), lines.size());
      assertEquals(found.nll(), lines.stream().mapToDouble(Double::doubleValue).sum(), 1e-9);
      assertTrue(found.interval().interval().lower() < found.perplexity());
      assertTrue(found.interval().interval().upper() > found.perplexity());
    }
  }

  private static void assertClose(JsonNode setting, String key, double found) {
    double expected = setting.get(key).doubleValue();
    assertEquals(expected, found, 1e-5 * expected, key);
  }

  @Test
  void editsChangeTheFigure() throws IOException {
    try (LoadedModel loaded =
        LoadedModel.open(
            TestData.demo().resolve("checkpoint"), new BackendOptions("vector", 0, 2, false))) {
      Path file = folder.resolve("short.txt");
      String whole = Files.readString(TestData.text("demo-test.txt"));
      Files.writeString(file, whole.substring(0, 600));
      TextFile text = TextFile.read(file);
      WindowProtocol protocol = new WindowProtocol(64, 64, WindowMode.ROLLING);
      double plain = measure(loaded, text, protocol);
      EditPlan zeroed =
          new EditPlan(List.of(Edit.parse("0:mlp:0.5")), EditMethod.ZERO, FactoredMode.AUTO, 0);
      assertTrue(measure(loaded.edited(zeroed), text, protocol) > 2 * plain);
      assertEquals(plain, measure(loaded.edited(EditPlan.NONE), text, protocol));
    }
  }

  private static double measure(LoadedModel loaded, TextFile text, WindowProtocol protocol) {
    return Perplexity.of(loaded, text, protocol, 0, (window, nll) -> {}, ProgressListener.NONE)
        .perplexity();
  }

  @Test
  void oddLengths() {
    // A last window of one token scores nothing and is left out.
    assertEquals(
        List.of(new TextWindow(0, 1, 4), new TextWindow(4, 5, 8)),
        new WindowProtocol(4, 4, WindowMode.KEEP).over(9, "text"));
    assertEquals(
        List.of(new TextWindow(0, 1, 2)),
        new WindowProtocol(4, 2, WindowMode.KEEP).over(2, "text"));
    // The last window of rolling is filled up with earlier tokens.
    assertEquals(
        List.of(new TextWindow(0, 1, 5), new TextWindow(2, 5, 7)),
        new WindowProtocol(4, 4, WindowMode.ROLLING).over(7, "text"));
    assertEquals(
        List.of(new TextWindow(0, 1, 4), new TextWindow(2, 4, 6)),
        new WindowProtocol(4, 2, WindowMode.DROP).over(7, "text"));
    assertThrows(
        TaskException.class, () -> new WindowProtocol(4, 4, WindowMode.DROP).over(3, "text"));
    assertThrows(
        TaskException.class, () -> new WindowProtocol(4, 4, WindowMode.KEEP).over(1, "text"));
    assertThrows(TaskException.class, () -> new WindowProtocol(4, 5, WindowMode.KEEP));
    assertThrows(TaskException.class, () -> new WindowProtocol(4, 2, WindowMode.ROLLING));
  }

  @Test
  void everyTokenIsScoredAtMostOnce() {
    for (WindowMode mode : WindowMode.values()) {
      for (int tokens = 7; tokens < 40; tokens++) {
        for (int stride = 1; stride <= 7; stride++) {
          if (mode == WindowMode.ROLLING && stride < 7) {
            continue;
          }
          int[] scored = new int[tokens];
          for (TextWindow window : new WindowProtocol(7, stride, mode).over(tokens, "text")) {
            assertTrue(window.end() - window.start() <= (mode == WindowMode.ROLLING ? 8 : 7));
            for (int i = window.firstScored(); i < window.end(); i++) {
              scored[i]++;
            }
          }
          assertEquals(0, scored[0]);
          assertTrue(Arrays.stream(scored).allMatch(count -> count <= 1));
          if (mode == WindowMode.ROLLING) {
            assertEquals(tokens - 1, Arrays.stream(scored).sum());
          }
        }
      }
    }
  }

  @Test
  void badTexts() throws IOException {
    Path file = folder.resolve("latin1.txt");
    Files.write(file, "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    for (Path bad : List.of(file, folder, folder.resolve("none.txt"))) {
      TaskException e = assertThrows(TaskException.class, () -> TextFile.read(bad));
      assertTrue(e.getMessage().startsWith(bad.toString()), e.getMessage());
    }
  }
}
