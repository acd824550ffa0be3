package rankine.engine.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpectrumSummaryTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 96, 199, 200, 201, 1024, 4096, 16384})
  void keepsTheEndsAndEvenSpacingOnALogScale(int rank) {
    double[] spectrum = IntStream.rangeClosed(1, rank).mapToDouble(i -> 6.0 / i).toArray();
    List<SpectrumSummary.Value> values = SpectrumSummary.subsampled(spectrum);
    assertTrue(values.size() <= SpectrumSummary.MAX_VALUES);
    assertEquals(new SpectrumSummary.Value(1, 1), values.getFirst());
    assertEquals(rank, values.getLast().index());
    for (int i = 1; i < values.size(); i++) {
      int before = values.get(i - 1).index();
      int index = values.get(i).index();
      assertTrue(index > before, "indices ascend");
      double factor = Math.pow(rank, 1.0 / (SpectrumSummary.MAX_VALUES - 1));
      assertTrue(index <= Math.max(before + 1, before * factor + 1.5), before + " to " + index);
      assertEquals(1.0 / index, values.get(i).ratio(), 1e-12);
    }
  }

  @Test
  void leavesOutZeros() {
    List<SpectrumSummary.Value> values = SpectrumSummary.subsampled(new double[] {4, 2, 1, 0, 0});
    assertEquals(3, values.getLast().index());
    assertEquals(0.25, values.getLast().ratio());
    assertEquals(List.of(), SpectrumSummary.subsampled(new double[] {0, 0}));
  }
}
