package rankine.engine.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.common.io.OutputFile;
import rankine.engine.report.Report;
import rankine.engine.report.SampleRun;
import rankine.engine.sweep.RunFolder;

/** The page in a real browser; skipped without Chromium and its driver, failed where CI is set. */
class BrowserTest {
  private static final String TAB = "\uE004";
  private static final String ENTER = "\uE007";

  @TempDir static Path folder;

  private static Browser browser;
  private static Path page;

  @BeforeAll
  static void start() throws IOException {
    Optional<Path> chromium = Browser.program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = Browser.program("chromedriver");
    boolean found = chromium.isPresent() && driver.isPresent();
    String missing = "no chromium and chromedriver on the PATH: the page is not tried in a browser";
    assertTrue(found || System.getenv("CI") == null, missing);
    Assumptions.assumeTrue(found, missing);
    page = folder.resolve("report.html");
    PageFile.write(Report.of(RunFolder.read(sample())), OutputFile.replacing(page));
    browser = Browser.start(driver.get(), chromium.get(), folder.resolve("profile"));
  }

  /** Two tasks, two seeds, spectra, a missing cell, and a hostile name. */
  private static Path sample() throws IOException {
    SampleRun run = new SampleRun().task("<script>fail()</script>").task("sst2").testAll();
    run.grid(
        List.of(0, 1),
        List.of(0, 1, 2, 3),
        List.of("mlp", "attn"),
        SampleRun.RATES,
        (task, seed, layer, module, rate, split) ->
            layer == 3 && seed == 1 && rate.equals("0.99")
                ? OptionalInt.empty()
                : OptionalInt.of(100 + 7 * layer + SampleRun.RATES.indexOf(rate) - 3 * seed));
    IntStream.range(0, 4).forEach(layer -> run.spectrum(layer, "fc_in", 256, 64, layer));
    return run.write(folder.resolve("run"));
  }

  @AfterAll
  static void end() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void load() throws IOException {
    browser.emulate("light", "screen");
    browser.resize(1280, 900);
    browser.load(page);
  }

  @Test
  void loadsNothingElseAndReportsNoError() throws IOException {
    browser.log("performance");
    browser.load(page);
    assertEquals(List.of(), browser.log("browser"));
    List<String> requests =
        browser.log("performance").stream()
            .filter(message -> message.contains("\"Network.requestWillBeSent\""))
            .filter(message -> !message.contains("\"url\":\"data:,\""))
            .toList();
    assertEquals(1, requests.size(), requests.toString());
    assertTrue(requests.getFirst().contains(page.toUri().toString()), requests.getFirst());
    // The policy is active: only the page's own script runs.
    run(
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
            + " document.body.append(s)");
    assertTrue(run("return window.ran === undefined").booleanValue());
    assertEquals(0, run("return document.querySelectorAll('main script').length").intValue());
  }

  @Test
  void tablesSortByKeyboard() throws IOException {
    String layers =
        "return [...document.querySelectorAll('#groups-table tbody tr')]"
            + ".map(row => Number(row.cells[2].textContent))";
    List<Integer> before = integers(run(layers));
    run("document.querySelector('#groups-table th button').focus()");
    browser.press(TAB, TAB, ENTER);
    assertEquals("ascending", sorted("Layer"));
    assertEquals(before.stream().sorted().toList(), integers(run(layers)));
    browser.press(ENTER);
    assertEquals("descending", sorted("Layer"));
    assertEquals(before.stream().sorted((a, b) -> b - a).toList(), integers(run(layers)));
    assertEquals(
        1, run("return document.querySelectorAll('#groups-table [aria-sort]').length").intValue());
  }

  private static String sorted(String column) throws IOException {
    return run("return [...document.querySelectorAll('#groups-table th')]"
            + ".find(th => th.textContent === '%s').getAttribute('aria-sort')".formatted(column))
        .asText();
  }

  @Test
  void tablesAreFiltered() throws IOException {
    run("document.querySelector('.filter input').focus()");
    browser.press("s", "s", "t", "2", " ", "a", "t", "t", "n");
    assertEquals(
        8,
        run("return [...document.querySelectorAll('#groups-table tbody tr')]"
                + ".filter(row => row.offsetParent !== null).length")
            .intValue());
    assertEquals("8 of 32 rows", run("return document.querySelector('output').value").asText());
  }

  @Test
  void followsTheReadersColourScheme() throws IOException {
    String background = "return getComputedStyle(document.body).backgroundColor";
    String light = run(background).textValue();
    browser.emulate("dark", "screen");
    String dark = run(background).textValue();
    assertNotEquals(light, dark);
    browser.emulate("dark", "print");
    assertEquals(light, run(background).textValue(), "paper is white");
  }

  @Test
  void narrowWindowsDoNotScrollHorizontally() throws IOException {
    browser.resize(360, 800);
    run("document.querySelectorAll('details').forEach(d => d.open = true)");
    int width = run("return document.documentElement.scrollWidth").intValue();
    assertTrue(width <= 360, width + " pixels");
  }

  @Test
  void everyTextHasContrastInBothSchemes() throws IOException {
    for (String scheme : List.of("light", "dark")) {
      browser.emulate(scheme, "screen");
      JsonNode faint = run(script("contrast.js"));
      assertTrue(faint.get("texts").intValue() > 1000, faint.toString());
      assertEquals(0, faint.get("faint").size(), scheme + ": " + faint.get("faint"));
    }
  }

  @Test
  void everythingHasAnAccessibleName() throws IOException {
    JsonNode faults = run(script("names.js"));
    assertTrue(faults.get("looked").intValue() > 100, faults.toString());
    assertEquals(0, faults.get("faults").size(), faults.get("faults").toString());
  }

  private static JsonNode run(String script) throws IOException {
    return browser.run(script);
  }

  private static String script(String name) throws IOException {
    return new String(
        BrowserTest.class.getResourceAsStream(name).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static List<Integer> integers(JsonNode list) {
    return list.valueStream().map(JsonNode::intValue).toList();
  }
}
