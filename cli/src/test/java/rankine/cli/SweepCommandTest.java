package rankine.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.sweep.Cell;
import rankine.engine.sweep.RunFolder;
import rankine.testdata.TestData;

/** {@code sweep} on the built-in checkpoint. */
class SweepCommandTest {
  private static final Path DEMO = TestData.demo();

  @TempDir Path temporary;

  private Cli.Outcome sweep(String... more) {
    Object[] command = {
      "sweep",
      "--run",
      temporary.resolve("run"),
      "--model",
      DEMO.resolve("checkpoint"),
      "--method",
      "magnitude",
      "--limit",
      "10",
      "--shots",
      "0"
    };
    Object[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return Cli.run(all);
  }

  private Cli.Outcome one(String... more) {
    String[] command = {
      "--tasks",
      "demo-topic",
      "--data",
      DEMO.resolve("data/topic").toString(),
      "--layers",
      "0",
      "--modules",
      "fc_in",
      "--rates",
      "0.5,0.9,0.99"
    };
    String[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    return sweep(all);
  }

  /** One cell group of a grid equals the result of {@code search}. */
  @Test
  void oneSearchOfAGridEqualsSearch() {
    JsonNode group = one("--format", "json").json().get("groups").get(0);
    JsonNode search =
        Cli.run(
                "search",
                "--model",
                DEMO.resolve("checkpoint"),
                "--task",
                "demo-topic",
                "--data",
                DEMO.resolve("data/topic"),
                "--layer",
                "0",
                "--module",
                "fc_in",
                "--rates",
                "0.5,0.9,0.99",
                "--method",
                "magnitude",
                "--limit",
                "10",
                "--shots",
                "0",
                "--format",
                "json",
                "--quiet")
            .json();
    assertEquals(search.get("chosen_rate"), group.get("chosen_rate"));
    assertEquals(search.get("chosen_ranks"), group.get("chosen_ranks"));
    assertEquals(search.get("tied_rates"), group.get("tied_rates"));
    for (String which : new String[] {"plain", "pruned"}) {
      assertEquals(
          search.get("test").get(which).get("accuracy"),
          group.get("test").get(which).get("accuracy"));
    }
    assertEquals(0, group.get("chosen_rate").intValue());
    assertFalse(group.get("test").has("comparison"), "the same model is not tested");
    assertFalse(group.has("p_value_holm"), "nor does it count for the correction");
    assertEquals(
        search.get("rates").get(0).get("accuracy"),
        group.get("validation").get("plain").get("accuracy"));
  }

  /** A choice above 0 has a test, the same as that of {@code search}. */
  @Test
  void theTestOfAChoiceEqualsThatOfSearch() {
    Object[] model = {"--model", DEMO.resolve("overfitted"), "--data", DEMO.resolve("data/topic")};
    Object[] run = {"--rates", "0.9", "--limit", "30", "--quiet", "--format", "json"};
    JsonNode group =
        Cli.run(
                Stream.of(
                        new Object[] {"sweep", "--run", temporary.resolve("overfitted")},
                        new Object[] {"--tasks", "demo-topic", "--layers", "5", "--modules", "mlp"},
                        model,
                        run)
                    .flatMap(Arrays::stream)
                    .toArray())
            .json()
            .get("groups")
            .get(0);
    JsonNode search =
        Cli.run(
                Stream.of(
                        new Object[] {"search", "--task", "demo-topic"},
                        new Object[] {"--layer", "5", "--module", "mlp"},
                        model,
                        run)
                    .flatMap(Arrays::stream)
                    .toArray())
            .json();
    assertEquals(0.9, group.get("chosen_rate").doubleValue());
    JsonNode test = group.at("/test/comparison/mcnemar");
    assertEquals(0, test.get("only_first").intValue());
    double p = 2 * Math.pow(0.5, test.get("only_second").intValue());
    assertEquals(p, group.get("p_value").doubleValue(), 1e-12, "exact, two-sided");
    assertEquals(search.at("/test/comparison"), group.at("/test/comparison"));
  }

  @Test
  void severalTasksAndSeedsInText() {
    Cli.Outcome found =
        sweep(
            "--tasks",
            "demo-topic,demo-sentiment",
            "--data",
            "demo-topic=" + DEMO.resolve("data/topic"),
            "--data",
            "demo-sentiment=" + DEMO.resolve("data/sentiment"),
            "--layers",
            "4-5",
            "--modules",
            "q_proj",
            "--rates",
            "0.5",
            "--seeds",
            "0,1",
            "--quiet");
    assertEquals(0, found.code(), found.err());
    assertEquals("", found.err());
    long cells = found.out().lines().filter(line -> line.contains(" accuracy ")).count();
    assertTrue(
        found
            .out()
            .contains(
                "shard 0/1: %d cells evaluated now, 0 found done; 8 searches".formatted(cells)),
        found.out());
  }

  /** A cell of a whole-model method equals {@code eval --ratio}. */
  @Test
  void methodsForTheWholeModel() {
    List<Object> common =
        List.of(
            "--model",
            DEMO.resolve("checkpoint"),
            "--data",
            DEMO.resolve("data/topic"),
            "--limit",
            10,
            "--calibration",
            TestData.text("demo-calibration.txt"),
            "--calibration-context",
            32,
            "--calibration-windows",
            4,
            "--rank-multiple",
            2,
            "--quiet");
    List<Object> sweep = new ArrayList<>(List.of("sweep", "--run", temporary.resolve("run")));
    sweep.addAll(common);
    sweep.addAll(List.of("--tasks", "demo-topic", "--methods", "exact,whitened"));
    sweep.addAll(List.of("--ratios", "0.8,0.9", "--test", "all"));
    Cli.Outcome text = Cli.run(sweep.toArray());
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().contains("whitened at ratio 0.8"), text.out());
    sweep.addAll(List.of("--format", "json"));
    JsonNode found = Cli.run(sweep.toArray()).json();
    assertEquals(10, found.at("/cells/found").intValue());
    assertEquals("exact", found.at("/groups/0/method").textValue());
    assertEquals("whitened", found.at("/groups/1/method").textValue());
    assertTrue(found.at("/groups/0").has("chosen_ratio"));

    List<Object> eval = new ArrayList<>(List.of("eval", "--task", "demo-topic"));
    eval.addAll(common);
    eval.addAll(List.of("--method", "whitened", "--ratio", "0.9", "--format", "json"));
    JsonNode expected = Cli.run(eval.toArray()).json();
    Cell cell =
        RunFolder.read(temporary.resolve("run")).cells().values().stream()
            .filter(each -> each.key().toString().endsWith("whitened at ratio 0.9, test"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        expected.get("accuracy").doubleValue(),
        cell.evaluation().result().get("accuracy").doubleValue());
    assertEquals(
        expected.at("/manifest/edits").toString(),
        cell.evaluation().manifest().get("edits").toString());
  }

  @Tag("thorough")
  @Test
  void anEstimateRunsNothing() {
    Cli.Outcome text = one("--estimate");
    assertEquals(0, text.code(), text.err());
    List<String> lines = text.out().lines().toList();
    assertTrue(lines.getFirst().startsWith("searches: 1, each of 3 rates"), text.out());
    assertEquals(
        List.of("1", "8", "64", "512"),
        lines.subList(2, 6).stream().map(line -> line.substring(0, line.indexOf(' '))).toList());
    assertFalse(Files.exists(temporary.resolve("run")), "no run folder");
  }

  @Tag("thorough") // an estimate measures for seconds
  @Test
  void anEstimateAsJson() {
    JsonNode json = one("--estimate", "--format", "json").json();
    assertEquals(1, json.get("searches").intValue());
    assertEquals(4, json.get("shared").size());
  }

  @Test
  void theTimeIsSaidFirst() {
    Cli.Outcome found = one("--format", "json");
    found.json();
    assertTrue(found.err().startsWith("this takes about "), found.err());
    assertEquals("", one("--format", "json", "--quiet").err());
  }

  @Test
  void finishedCellsAreNotEvaluatedAgain() throws IOException {
    int done = one("--format", "json").json().get("cells").get("done").intValue();
    JsonNode again = one("--format", "json").json();
    assertEquals(0, again.get("cells").get("done").intValue());
    assertEquals(done, again.get("cells").get("found").intValue());
    one("--backend", "scalar", "--quiet")
        .failed("run.json: backend: expected vector", "found scalar");

    Path cells = temporary.resolve("run/cells-0-of-1.jsonl");
    Files.writeString(cells, "{}\n" + Files.readString(cells));
    one("--quiet")
        .failed("cells-0-of-1.jsonl: line 1: kind: expected one of begin, cell, spectrum");
  }

  @Test
  void aChangedGoldLabelIsRefused() throws IOException {
    Path data = Cli.copy(DEMO.resolve("data/sentiment"), temporary.resolve("labels"));
    Path run = temporary.resolve("relabelled");
    Object[] sweep = {
      "sweep",
      "--run",
      run,
      "--model",
      DEMO.resolve("checkpoint"),
      "--tasks",
      "demo-sentiment",
      "--data",
      data,
      "--layers",
      "0",
      "--modules",
      "fc_in",
      "--method",
      "magnitude",
      "--rates",
      "0.5",
      "--test",
      "all",
      "--shots",
      "0",
      "--quiet"
    };
    assertEquals(0, Cli.run(sweep).code());
    Path test = data.resolve("test.jsonl");
    List<String> rows = new ArrayList<>(Files.readAllLines(test));
    String first = rows.getFirst();
    rows.set(
        0, first.contains("\"label\": 1") ? first.replace("1}", "0}") : first.replace("0}", "1}"));
    Files.write(test, rows);
    sweep[16] = "0.5,0.9";
    assertEquals("--rates", sweep[15]);
    Cli.Outcome again = Cli.run(sweep);
    assertEquals(1, again.code(), again.out());
    assertTrue(again.err().contains("expected the same examples and prompts"), again.err());
  }

  @Test
  void everyTasksDataIsCheckedFirst() throws IOException {
    Path data = Cli.copy(DEMO.resolve("data/sentiment"), temporary.resolve("sentiment"));
    Path run = temporary.resolve("never");
    Files.writeString(data.resolve("test.jsonl"), "{}\n");
    Cli.run(
            "sweep",
            "--run",
            run,
            "--model",
            DEMO.resolve("checkpoint"),
            "--tasks",
            "demo-topic,demo-sentiment",
            "--data",
            "demo-topic=" + DEMO.resolve("data/topic"),
            "--data",
            "demo-sentiment=" + data,
            "--layers",
            "0",
            "--modules",
            "mlp",
            "--quiet")
        .failed("test.jsonl");
    assertFalse(Files.exists(run), "nothing is evaluated");
  }

  @Test
  void badMethods() {
    String[] task = {"--tasks", "demo-topic", "--data", DEMO.resolve("data/topic").toString()};
    misused(task, "expected these or --methods, found neither");
    misused(task, "--methods: expected with --ratios", "--methods", "exact");
    misused(task, "--ratios: expected with --methods", "--ratios", "0.2");
    misused(task, "--modules: expected with --layers", "--modules", "mlp");
    misused(task, "--rates: expected with --layers", "--rates", "0.2", "--methods", "exact");
    String[] exact = {"--methods", "exact", "--ratios", "0.2"};
    misused(task, "--method: expected with --layers, found none", exact);
    String[] block = {"--methods", "exact:block", "--ratios", "0.2"};
    misused(
        task,
        "--methods exact:block: method: expected block with asvd or whitened, found exact",
        block);
    String[] layers = {"--layers", "0", "--modules", "mlp", "--allocation", "loss"};
    misused(task, "--allocation: expected with --ratios, found none", layers);
  }

  private void misused(String[] task, String message, String... more) {
    String[] all = Arrays.copyOf(task, task.length + more.length);
    System.arraycopy(more, 0, all, task.length, more.length);
    sweep(all).misused(message);
  }

  @Test
  void badGrids() {
    one("--seeds", "1,1").misused("seeds", "1 twice");
    sweep("--tasks", "cb,rte", "--data", "cb=x", "--layers", "0", "--modules", "mlp")
        .misused("rte", "expected a folder");
    sweep(
            "--tasks",
            "cb",
            "--data",
            TestData.task("cb").toString(),
            "--layers",
            "9",
            "--modules",
            "mlp")
        .failed("layers", "-1 to 5", "9");
    sweep(
            "--tasks",
            "cb",
            "--data",
            TestData.task("cb").toString(),
            "--layers",
            "0",
            "--modules",
            "mpl")
        .misused("module", "'mpl'");
  }
}
