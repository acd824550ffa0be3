package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.testdata.TestData;

/** {@code search}, {@code sweep} and {@code report} on texts. */
class TextCommandTest {
  private static final Path MODEL = TestData.demo().resolve("checkpoint");

  @TempDir Path folder;
  private Path validation;
  private Path test;

  @BeforeEach
  void texts() throws IOException {
    validation = text("a<b>.txt", "demo-calibration.txt");
    test = text("test.txt", "demo-test.txt");
  }

  private Path text(String name) throws IOException {
    return Files.writeString(folder.resolve(name), "A short text.");
  }

  private Path one(String name) throws IOException {
    return Files.writeString(folder.resolve(name), "A");
  }

  private Path text(String name, String of) throws IOException {
    String all = Files.readString(TestData.text(of));
    return Files.writeString(folder.resolve(name), all.substring(0, 1200));
  }

  private Cli.Outcome run(List<?> command, Object... more) {
    List<Object> args = new ArrayList<>(command);
    args.addAll(List.of("--model", MODEL, "--no-cache", "--quiet"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  private List<Object> onTexts(Object... command) {
    List<Object> args = new ArrayList<>(List.of(command));
    args.addAll(List.of("--text", validation, "--test-text", test, "--context", 48));
    return args;
  }

  private JsonNode perplexity(Path text, Object... more) {
    List<Object> args = new ArrayList<>(List.of("perplexity", "--text", text, "--context", 48));
    args.addAll(List.of(more));
    return run(args, "--format", "json").json();
  }

  @Test
  void searchChoosesTheLowestPerplexityAndTestsIt() {
    List<Object> search = onTexts("search", "--layer", 5, "--module", "mlp", "--rates", "0.2,0.9");
    JsonNode found = run(search, "--format", "json").json();
    assertEquals("a<b>.txt", found.get("validation_text").textValue());
    assertEquals(48, found.at("/protocol/context").intValue());
    assertEquals(3, found.get("rates").size());
    double lowest = Double.POSITIVE_INFINITY;
    String best = "";
    for (JsonNode rate : found.get("rates")) {
      String name = rate.get("rate").asText();
      JsonNode alone =
          name.equals("0")
              ? perplexity(validation)
              : perplexity(validation, "--edit", "5:mlp:" + name);
      assertEquals(alone.get("perplexity"), rate.get("perplexity"), name);
      assertEquals(alone.get("nll_per_token"), rate.get("nll_per_token"), name);
      assertEquals(alone.at("/interval/lower"), rate.get("lower"), name);
      assertEquals(!name.equals("0"), rate.has("p_value_holm"));
      if (rate.get("perplexity").doubleValue() < lowest) {
        lowest = rate.get("perplexity").doubleValue();
        best = name;
      }
    }
    assertEquals(best, found.get("chosen_rate").asText());
    JsonNode plain = perplexity(test);
    assertEquals(plain.get("sum_nll"), found.at("/test/plain/sum_nll"));
    assertEquals(plain.get("protocol"), found.at("/test/plain/protocol"));
    JsonNode comparison = found.at("/test/comparison");
    assertEquals(plain.get("windows"), comparison.get("windows"));
    assertEquals(plain.get("nll_per_token"), comparison.get("first_nll_per_token"));
    assertFalse(found.has("seeds"), "a text has no demonstrations");

    Cli.Outcome text = run(search);
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().contains("a<b>.txt and test.txt (context 48, stride 48, keep)"));
    assertTrue(text.out().contains("perplexity on validation"), text.out());
    assertTrue(text.out().contains("sign-flip p = "), text.out());
  }

  @Test
  void greedySearchOnTexts() {
    List<Object> search =
        onTexts("search", "--greedy", "--layers", "4,5", "--module", "mlp", "--rates", "0.2");
    JsonNode found = run(search, "--steps", 1, "--format", "json").json();
    assertEquals(2, found.get("candidates").size());
    assertEquals(perplexity(validation).get("perplexity"), found.at("/validation/0/perplexity"));
  }

  @Tag("thorough")
  @Test
  void aWholeModelSweepBecomesAPageAndAFigure() throws IOException {
    List<Object> sweep = onTexts("sweep", "--run", folder.resolve("run"), "--test", "all");
    sweep.addAll(List.of("--methods", "exact,magnitude", "--ratios", "0.3,0.8"));
    sweep.addAll(List.of("--skip-layers", "0-3"));
    JsonNode found = run(sweep, "--format", "json").json();
    assertEquals(10, found.at("/cells/done").intValue());
    assertEquals(48, found.at("/protocol/context").intValue());
    assertEquals("test.txt", found.at("/groups/0/test_text").textValue());
    assertFalse(found.at("/groups/0").has("seed"));
    Cli.Outcome again = run(sweep);
    assertTrue(again.out().contains("0 cells evaluated now, 10 found done"), again.out());
    assertTrue(again.out().contains("perplexity (context 48, stride 48, keep)"), again.out());

    Path page = folder.resolve("page.html");
    Path figure = folder.resolve("figure.svg");
    Cli.Outcome report =
        Cli.run("report", folder.resolve("run"), "--out", page, "--figure", figure);
    assertEquals(0, report.code(), report.err());
    String html = Files.readString(page);
    assertTrue(html.contains("a&lt;b&gt;.txt, tested on test.txt"));
    assertFalse(html.contains("a<b>.txt"), "not escaped");
    assertTrue(html.contains("context 48, stride 48, keep"));
    assertTrue(html.contains("the perplexity of the test text is "));
    String plain = "%.3f".formatted(perplexity(test).get("perplexity").doubleValue());
    assertTrue(html.contains(plain), plain);
    String svg = Files.readString(figure);
    assertTrue(svg.contains(">magnitude</text>") && svg.contains(">exact</text>"), svg);
    assertTrue(svg.contains("Perplexity on test.txt"), svg);
    assertEquals(4, svg.split("<circle", -1).length - 1);
  }

  @Test
  void aSweepOfTextsBesideATask() {
    List<Object> sweep = onTexts("sweep", "--run", folder.resolve("run"), "--layers", "5");
    sweep.addAll(List.of("--modules", "mlp", "--rates", "0.9", "--tasks", "demo-topic"));
    sweep.addAll(List.of("--data", TestData.demo().resolve("data/topic"), "--limit", 4));
    JsonNode groups = run(sweep, "--format", "json").json().get("groups");
    assertEquals(2, groups.size());
    assertEquals("demo-topic", groups.get(0).get("task").textValue());
    assertTrue(groups.get(1).has("validation_text"));
    Path figure = folder.resolve("figure.svg");
    Cli.run("report", folder.resolve("run"), "--figure", figure)
        .failed("figure: expected texts and methods for the whole model");
    Path html = folder.resolve("page.html");
    Cli.run("report", folder.resolve("run"), "--out", html, "--figure", figure)
        .failed("figure: expected texts and methods for the whole model");
    assertFalse(Files.exists(html), "written before the failure");
    Path same = folder.resolve("run/../page.html");
    Cli.run("report", folder.resolve("run"), "--out", html, "--figure", same)
        .misused("--figure: expected another file than --out");
    Cli.Outcome page = Cli.run("report", folder.resolve("run"), "--out", html);
    assertEquals(0, page.code(), page.err());
  }

  @Test
  void badRequests() throws IOException {
    List<Object> search = List.of("search", "--layer", 5, "--module", "mlp");
    run(search).misused("--task: expected, or --text, found neither");
    run(search, "--text", validation).misused("--text: expected with --test-text, found none");
    run(search, "--task", "demo-topic", "--data", "x", "--stride", 8)
        .misused("--stride: expected with --text, found none");
    run(search, "--text", validation, "--test-text", test, "--task", "demo-topic", "--data", "x")
        .misused("--task: expected without --text, found both");
    run(search, "--text", validation, "--test-text", test, "--seeds", "1,2")
        .misused("--seeds: expected without --text, found both");
    run(search, "--text", validation, "--test-text", validation)
        .failed("expected another text than the validation text, found the same");
    run(search, "--text", validation, "--test-text", test, "--context", 4096)
        .failed("context: expected at most");
    run(search, "--text", validation, "--test-text", folder.resolve("no.txt"))
        .failed("no.txt: cannot be read");
    run(search, "--text", text("short.txt"), "--test-text", test, "--mode", "drop")
        .failed("short.txt: expected at least", "(the context, with mode drop), found ");
    run(search, "--text", validation, "--test-text", one("one.txt"), "--estimate")
        .failed("one.txt: expected at least 2 tokens, found ");
    List<Object> sweep = new ArrayList<>(List.of("sweep", "--run", folder.resolve("none")));
    sweep.addAll(List.of("--layers", "5", "--modules", "mlp"));
    run(sweep).misused("--tasks: expected these or --text, found neither");
    run(sweep, "--text", validation, "--test-text", test, "--seeds", "1")
        .misused("--seeds: expected with --tasks, found none");
  }
}
