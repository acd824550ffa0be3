package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkReportTest {
  private static Results.Figure figure(String contender, double otherLoad, double... rates) {
    return new Results.Figure(
        "prefill",
        contender,
        "tokens/s",
        new Measurements(rates),
        OptionalDouble.of(1.5),
        OptionalDouble.of(otherLoad));
  }

  private static Results results(double otherLoad) {
    Results results = new Results();
    Results.Figure ours = results.figure(figure("Rankine", otherLoad, 300, 100, 200));
    Results.Figure theirs = results.figure(figure("PyTorch", otherLoad, 390, 410, 1, 2000));
    results.ratio(ours, theirs, "≥ 0.5");
    return results;
  }

  @Test
  void ratiosAreOfMedians(@TempDir Path folder) throws IOException {
    var _ =
        new ReportWriter(folder, Map.of("processor", "x"), List.of("benchmarks/run"))
            .finish(results(0.02));
    String text = Files.readString(folder.resolve("RESULTS.md"));
    assertTrue(
        text.contains(
            "| prefill | 200 (100–300) | PyTorch | 400 (1.00–2000) | tokens/s | 0.500 | ≥ 0.5 |"
                + " 0.020 |"),
        text);
    assertTrue(text.contains("The machine was quiet"), text);
    JsonNode json = Worker.JSON.readTree(folder.resolve("results.json").toFile());
    assertEquals(0.5, json.at("/ratios/0/ratio").doubleValue());
    assertEquals("[300.0,100.0,200.0]", json.at("/figures/0/samples").toString());
    assertEquals(1.5, json.at("/figures/1/first_call").doubleValue());
  }

  @Test
  void reportsABusyMachine() {
    String text = new BenchmarkReport(Map.of(), List.of("x"), results(1.2), true).markdown();
    assertTrue(
        text.contains("**The machine was not quiet** (other programs used up to 1.20"), text);
    assertFalse(text.contains("The machine was quiet"), text);
  }

  @Test
  void samples() {
    assertEquals(2, new Measurements(new double[] {3, 1, 2}).median());
    assertEquals(2.5, new Measurements(new double[] {4, 1, 2, 3}).median());
    assertEquals(50, new Measurements(new double[] {2}).rates(100).median());
    assertThrows(IllegalArgumentException.class, () -> new Measurements(new double[0]));
  }

  @Test
  void numbersHaveAtMostThreeDecimals() {
    assertEquals("0.012", FigureText.show(0.0123));
    assertEquals("1.00", FigureText.show(0.9996));
    assertEquals("9.99", FigureText.show(9.987));
    assertEquals("10.0", FigureText.show(9.996));
    assertEquals("100", FigureText.show(99.96));
    assertEquals("1235", FigureText.show(1234.56));
  }
}
