package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A table of factored layers, without PyTorch. */
class FactorRunsTest {
  @Tag("thorough")
  @Test
  void oneRowPerShapeAndRatio() {
    List<String> flags = List.of("-XX:+UseSerialGC", "-Xmx128m", "-XX:TieredStopAtLevel=1");
    Contenders contenders =
        new Contenders(1, "scalar", 0, "cpu", flags, "/no/such/python", Path.of("."));
    Results results = new Results();
    FactorRuns.FactorWorkload tiny =
        new FactorRuns.FactorWorkload(
            List.of(new FactorRuns.FactoredShape(128, 256)), 3, 0, 1e-3, 1e-3);
    new FactorRuns(tiny, contenders, new Interleaved(3, 1, 0, 0, 0), results).run();
    Results.Table table = results.tables().getFirst();
    assertEquals(8, table.rows().size());
    assertTrue(table.rows().stream().allMatch(row -> row.size() == table.header().size()));
    // 128 · 256 (1 − 0.6) / 384 = 34.1, as whole pairs of vectors 32: the ideal is 2.67.
    List<String> row = table.rows().get(2);
    assertEquals("decode 128×256, 0.6 removed, rank 32", row.getFirst());
    assertEquals("≥ 2.40", row.get(4));
    assertEquals("2.67", row.get(5));
    assertEquals("prefill of 3 128×256, 0.6 removed, rank 32", table.rows().get(6).getFirst());
    assertEquals("≥ 2.27", table.rows().get(6).get(4));
    double dense = Double.parseDouble(row.get(1));
    double factored = Double.parseDouble(row.get(2));
    assertTrue(dense > 0 && factored > 0, row.toString());
    String text = new BenchmarkReport(Map.of(), List.of("x"), results, true).markdown();
    assertTrue(text.contains("| decode 128×256, 0.2 removed, rank 64 | "), text);
  }
}
