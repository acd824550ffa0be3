package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rankine.common.EditException;

class PruningRateTest {
  @ParameterizedTest
  @CsvSource({
    "0, 4096",
    "0.1, 3686",
    "0.5, 2048",
    "0.75, 1024",
    "0.9, 409",
    "0.95, 204",
    "0.99, 40",
    "0.995, 20",
    ".5, 2048",
    "0.90, 409",
    "00.5, 2048",
    "0.9999, 0"
  })
  void ranksOfThePaper(String rate, int rank) {
    assertEquals(rank, PruningRate.parse(rate).rank(4096, 16384));
    assertEquals(rank, PruningRate.parse(rate).rank(16384, 4096));
  }

  /** Compares rates of up to four digits and many sizes with integer arithmetic. */
  @Test
  void rankIsExact() {
    for (int parts = 0; parts < 10_000; parts += 7) {
      PruningRate rate = PruningRate.parse("0.%04d".formatted(parts));
      for (int n = 1; n < 5000; n += 97) {
        assertEquals((10_000L - parts) * n / 10_000, rate.rank(n, n));
      }
    }
  }

  @Test
  void equalNumbersAreEqualRates() {
    assertEquals(PruningRate.parse("0.5"), PruningRate.parse("0.500"));
    assertEquals(PruningRate.parse("0"), PruningRate.parse("0.00"));
    assertTrue(PruningRate.parse("0.0").isZero());
    assertEquals("0.995", PruningRate.parse("0.9950").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "1",
        "1.0",
        "-0.1",
        "9.5",
        "NaN",
        "1e-1",
        "0,5",
        " 0.5",
        "0.5 ",
        "0.5f",
        "+0.5",
        "0.1234567890123456789",
        "1e-999999999",
        "0x1",
        "٠.٥"
      })
  void refusesInvalidRates(String text) {
    EditException e = assertThrows(EditException.class, () -> PruningRate.parse(text));
    assertTrue(
        e.getMessage()
            .startsWith(
                "rate: expected a decimal number from 0 up to, not including, 1, of at most 18"));
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void messageShortensLongText() {
    EditException e =
        assertThrows(EditException.class, () -> PruningRate.parse("9".repeat(100_000)));
    assertTrue(e.getMessage().length() < 150);
  }
}
