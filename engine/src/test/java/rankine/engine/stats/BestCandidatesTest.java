package rankine.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BestCandidatesTest {
  @Test
  void highestScoreAndItsTies() {
    assertEquals(List.of(1), BestCandidates.best(0.5, 0.75, 0.25));
    assertEquals(List.of(0, 2), BestCandidates.best(0.75, 0.5, 0.75));
  }

  /** Accuracies 0.7, 0.5 and 0.1 tie in any order, although their float64 means differ. */
  @Test
  void roundingBreaksNoTie() {
    double first = (0.7 + 0.5 + 0.1) / 3;
    double second = (0.1 + 0.5 + 0.7) / 3;
    assertTrue(first != second, "the means differ in float64");
    assertEquals(List.of(0, 1), BestCandidates.best(first, second));
    assertFalse(BestCandidates.better(Math.max(first, second), Math.min(first, second)));
    assertTrue(BestCandidates.better(0.5 + 1e-9, 0.5), "one example of 1e9 makes a difference");
  }
}
