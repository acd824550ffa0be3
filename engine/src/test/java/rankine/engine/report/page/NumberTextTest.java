package rankine.engine.report.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated // sets the default locale
class NumberTextTest {
  @Test
  void numbersAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals("0.813", NumberText.share(0.8125));
      assertEquals("4,096", NumberText.count(4096));
      assertEquals("12.35", NumberText.general(12.3456));
      assertEquals("1.235e+07", NumberText.general(12_345_678));
      assertEquals("12346", NumberText.general(12_345.6));
      assertEquals("3.5", NumberText.coordinate(3.49));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aChangeHasASignUnlessItRoundsToZero() {
    assertEquals("+0.021", NumberText.change(0.021));
    assertEquals("−0.021", NumberText.change(-0.021));
    assertEquals("0.000", NumberText.change(-0.0004));
    assertEquals("0.000", NumberText.change(-0.0));
  }

  @Test
  void aSmallPValueIsNotShownAsZero() {
    assertEquals("< 0.001", NumberText.p(1e-9));
    assertEquals("p < 0.001", NumberText.pIs(0.0009));
    assertEquals("p = 0.031", NumberText.pIs(2 / 64.0));
  }

  @Test
  void oneIsSingular() {
    assertEquals("1 seed", NumberText.count(1, "seed"));
    assertEquals("1,024 seeds", NumberText.count(1024, "seed"));
  }
}
