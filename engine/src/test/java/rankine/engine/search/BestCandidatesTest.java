package rankine.engine.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BestCandidatesTest {
  @Test
  void theHighestAndItsEquals() {
    assertEquals(List.of(1), BestCandidates.best(0.5, 0.75, 0.25));
    assertEquals(List.of(0, 2), BestCandidates.best(0.75, 0.5, 0.75));
  }

  /** Seven and five of ten, and six twice, are as good, though their float64 means differ. */
  @Test
  void roundingDoesNotChoose() {
    double first = (0.7 + 0.5 + 0.1) / 3;
    double second = (0.1 + 0.5 + 0.7) / 3;
    assertTrue(first != second, "or this tests nothing");
    assertEquals(List.of(0, 1), BestCandidates.best(first, second));
    assertFalse(BestCandidates.better(Math.max(first, second), Math.min(first, second)));
    assertTrue(BestCandidates.better(0.5 + 1e-9, 0.5), "one of a thousand million examples counts");
  }
}
