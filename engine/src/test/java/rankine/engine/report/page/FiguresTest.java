package rankine.engine.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void numbersAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals("0.813", Figures.share(0.8125));
      assertEquals("4,096", Figures.count(4096));
      assertEquals("12.35", Figures.general(12.3456));
      assertEquals("1.235e+07", Figures.general(12_345_678));
      assertEquals("12346", Figures.general(12_345.6));
      assertEquals("3.5", Figures.coordinate(3.49));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aChangeHasASignUnlessItIsShownAsNought() {
    assertEquals("+0.021", Figures.change(0.021));
    assertEquals("−0.021", Figures.change(-0.021));
    assertEquals("0.000", Figures.change(-0.0004));
    assertEquals("0.000", Figures.change(-0.0));
  }

  @Test
  void aSmallPIsNotShownAsNought() {
    assertEquals("< 0.001", Figures.p(1e-9));
    assertEquals("p < 0.001", Figures.pIs(0.0009));
    assertEquals("p = 0.031", Figures.pIs(2 / 64.0));
  }

  @Test
  void oneIsSingular() {
    assertEquals("1 seed", Figures.count(1, "seed"));
    assertEquals("1,024 seeds", Figures.count(1024, "seed"));
  }
}
