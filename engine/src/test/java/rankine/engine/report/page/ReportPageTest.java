package rankine.engine.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rankine.engine.model.Module;
import rankine.engine.report.Report;
import rankine.engine.report.SampleRun;
import rankine.engine.sweep.GroupSummary;
import rankine.engine.sweep.RunFolder;
import rankine.engine.sweep.SpectrumLine;
import rankine.engine.sweep.SweepRun;

class ReportPageTest {
  private static final SampleRun.Outcomes OUTCOMES =
      (task, seed, layer, module, rate, split) -> OptionalInt.of(rate.equals("0.9") ? 111 : 100);

  @TempDir Path folder;

  private SweepRun read(SampleRun run) throws IOException {
    return RunFolder.read(run.write(folder.resolve("run")));
  }

  private static SampleRun grid(SampleRun run) {
    return run.grid(List.of(0), List.of(0, 1), List.of("mlp"), SampleRun.RATES, OUTCOMES);
  }

  @Test
  void namesFromDataAreEscaped() throws IOException {
    String name = "<script>alert(1)</script>\"'&{{script}}";
    String page = ReportPage.of(Report.of(read(grid(new SampleRun().task(name)))));
    assertFalse(page.contains("<script>alert"), "a script from a task's name");
    assertTrue(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;{{script}}"));
    assertEquals(1, count(page, "<script"));
  }

  @Test
  void loadsNoOtherResource() throws IOException {
    String page = ReportPage.of(Report.of(read(grid(new SampleRun().task("cb")))));
    List<String> addresses =
        Pattern.compile("(?:src|href|url)\\s*[=(]\\s*[\"']?([^\"')\\s>]*)")
            .matcher(page)
            .results()
            .map(found -> found.group(1))
            .filter(address -> !address.startsWith("#"))
            .toList();
    assertEquals(List.of("data:,"), addresses);
    assertFalse(Pattern.compile("https?://|@import|fetch\\(|XMLHttpRequest").matcher(page).find());
    assertFalse(Pattern.compile("<[^>]* (style|on[a-z]+)=").matcher(page).find(), "the policy");
  }

  /** A policy with another hash would disable the style or the script. */
  @Test
  void thePolicyAllowsTheStyleAndTheScript() throws Exception {
    String page = ReportPage.of(Report.of(read(grid(new SampleRun().task("cb")))));
    for (String element : List.of("style", "script")) {
      String open = "<" + element + ">";
      String text =
          page.substring(page.indexOf(open) + open.length(), page.indexOf("</" + element + ">"));
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      String allowed = element + "-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
      assertTrue(page.contains(allowed), element);
    }
  }

  /** The page shows the numbers that {@code --format json} prints, rounded. */
  @Test
  void showsTheNumbersOfTheReport() throws IOException {
    Report report = Report.of(read(grid(new SampleRun().task("cb"))));
    String page = ReportPage.of(report);
    String table = page.substring(page.indexOf("id=\"groups-table\""));
    List<String> rows =
        Pattern.compile("<tr><th.*?</tr>")
            .matcher(table)
            .results()
            .map(MatchResult::group)
            .toList();
    List<GroupSummary> groups = report.tasks().getFirst().groups();
    for (int i = 0; i < groups.size(); i++) {
      GroupSummary.Change test = groups.get(i).test().orElseThrow();
      List<String> cells =
          Pattern.compile("<td[^>]*>([^<]*)</td>")
              .matcher(rows.get(i + 1))
              .results()
              .map(found -> found.group(1))
              .toList();
      assertEquals(
          List.of(
              "%.3f".formatted(test.plain().value()),
              "%.3f".formatted(test.chosen().value()),
              "+%.3f".formatted(test.value())),
          cells.subList(8, 11));
      assertEquals("+0.055", cells.get(10), "11 of 200");
    }
  }

  @Test
  void reportsAnIncompleteRun() throws IOException {
    SampleRun.Outcomes incomplete =
        (task, seed, layer, module, rate, split) ->
            rate.equals("0.99") ? OptionalInt.empty() : OptionalInt.of(100);
    SampleRun run =
        new SampleRun()
            .task("cb")
            .grid(List.of(0), List.of(0, 1), List.of("mlp"), SampleRun.RATES, incomplete);
    String page = ReportPage.of(Report.of(read(run)));
    assertTrue(page.contains("This run is not complete."));
    assertTrue(page.contains("cb:corrected, seed 0, 1:mlp:0.99, validation"));
    assertTrue(page.contains("7 of 8 run"));
    String complete = ReportPage.of(Report.of(read(grid(new SampleRun().task("cb")))));
    assertFalse(complete.contains("This run is not complete."));
  }

  @Test
  void anEmptyRunHasAPage() throws IOException {
    String page = ReportPage.of(Report.of(read(new SampleRun().task("cb"))));
    assertTrue(page.contains("Nothing was started"));
  }

  @Test
  void thePageOfWideLayersStaysSmall() throws IOException {
    assertSmall(3, 400_000);
  }

  @Tag("thorough")
  @Test
  void thePageOfALargeModelStaysSmall() throws IOException {
    assertSmall(28, 2_000_000);
  }

  /** Layers of GPT-J: six matrices each, min(rows, columns) = 4096. */
  private void assertSmall(int layers, int most) throws IOException {
    SweepRun run =
        read(
            new SampleRun()
                .task("cb")
                .task("rte")
                .grid(
                    List.of(0),
                    IntStream.range(0, layers).boxed().toList(),
                    List.of("mlp", "attn"),
                    SampleRun.RATES,
                    OUTCOMES));
    double[] values = IntStream.rangeClosed(1, 4096).mapToDouble(i -> 3 / Math.sqrt(i)).toArray();
    Map<String, SpectrumLine> spectra = new LinkedHashMap<>();
    for (int layer = 0; layer < layers; layer++) {
      List<Module> modules = new ArrayList<>(List.of(Module.values()));
      modules.remove(Module.FC_UP);
      for (Module module : modules) {
        spectra.put(
            module.in(layer),
            new SpectrumLine(
                module.in(layer),
                layer,
                module,
                4096,
                16384,
                4096,
                OptionalDouble.of(64),
                values,
                List.of()));
      }
    }
    Report report =
        Report.of(new SweepRun(run.folder(), run.identity(), run.starts(), run.cells(), spectra));
    int bytes = ReportPage.of(report).getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes < most, bytes + " bytes");
    assertEquals(layers * 6, report.spectra().size());
  }

  private static int count(String text, String searched) {
    return text.split(Pattern.quote(searched), -1).length - 1;
  }
}
