package rankine.engine.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rankine.engine.stats.Score.Metric;

class ScoreAxisTest {
  @Test
  void perplexityIsLogarithmic() {
    ScoreAxis axis = ScoreAxis.of(Metric.PERPLEXITY, 4, 40_000).onto(400, 50);
    assertEquals(axis.at(10) - axis.at(100), axis.at(1000) - axis.at(10_000), 1e-9);
    assertTrue(axis.at(4) < 400 && axis.at(40_000) > 50, "margins");
    List<String> labels = axis.ticks().stream().map(ScoreAxis.AxisTick::label).toList();
    assertEquals(List.of("10", "100", "1000", "10000"), labels);
    ScoreAxis narrow = ScoreAxis.of(Metric.PERPLEXITY, 4.1, 4.6);
    assertEquals(
        List.of("4.1", "4.2", "4.3", "4.4", "4.5", "4.6"),
        narrow.ticks().stream().map(ScoreAxis.AxisTick::label).toList());
  }

  @Test
  void ticksLieOnTheAxis() {
    Random random = new Random(2);
    for (int i = 0; i < 1000; i++) {
      double low = Math.exp(8 * random.nextDouble());
      ScoreAxis axis =
          ScoreAxis.of(Metric.PERPLEXITY, low, low * Math.exp(10 * random.nextDouble())).onto(0, 1);
      List<ScoreAxis.AxisTick> ticks = axis.ticks();
      assertTrue(!ticks.isEmpty() && ticks.size() <= 7, low + " " + ticks);
      for (ScoreAxis.AxisTick tick : ticks) {
        assertTrue(tick.at() >= -1e-9 && tick.at() <= 1 + 1e-9, low + " " + tick);
        assertEquals(tick.score(), Double.parseDouble(tick.label()), 1e-3 * tick.score());
      }
    }
  }

  @Test
  void sharesStayWithinZeroAndOne() {
    ScoreAxis axis = ScoreAxis.of(Metric.ACCURACY, 0.01, 0.995).onto(100, 0);
    assertEquals(100, axis.at(0));
    assertEquals(0, axis.at(1));
    assertEquals("0.2", axis.ticks().get(1).label());
  }
}
