package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import rankine.testdata.TestData;

/** The page about large sweeps has the figures that the code computes. */
class ScaleTableTest {
  private static final Path ROOT = TestData.root();

  @Test
  void thePageHasTheTables() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/scale.md"));
    for (String table : List.of(ScaleTable.measured(), ScaleTable.simulated())) {
      assertTrue(page.contains(table.strip()), () -> "docs/scale.md lacks\n" + table);
    }
  }

  @Test
  void theMeasuredSearchesAreThoseOfTheReport() throws IOException {
    String report = Files.readString(ROOT.resolve("benchmarks/search/RESULTS.md"));
    for (ScaleTable.MeasuredSearch search : ScaleTable.MeasuredSearch.ALL) {
      String perHour =
          search.perHour() == Math.rint(search.perHour())
              ? "%.0f".formatted(search.perHour())
              : String.valueOf(search.perHour());
      assertTrue(report.contains("| %s | %s (".formatted(search.name(), perHour)), search.name());
      double ratio = search.predicted() / search.seconds();
      assertTrue(ratio > 0.5 && ratio < 2, search.name() + " " + ratio);
    }
  }

  @Test
  void theModelsHaveTheirPublishedNumberOfWeights() {
    // Without embeddings and head: GPT-J 28 · 12 · 4096², LLaMA-2 32 · (4 · 4096² + 3 · 4096 ·
    // 11008).
    assertEquals(28 * 12L * 4096 * 4096 * 2, ScaleTable.studied(ScaleTable.GPT_J).weightBytes());
    assertEquals(
        32 * (4L * 4096 * 4096 + 3L * 4096 * 11008) * 2,
        ScaleTable.studied(ScaleTable.LLAMA).weightBytes());
  }
}
