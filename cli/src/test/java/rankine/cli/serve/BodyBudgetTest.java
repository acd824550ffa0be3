package rankine.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import rankine.cli.serve.BodyBudget.BodyShare;

/** The bytes of bodies that may be in memory. */
class BodyBudgetTest {
  private static final int MIB = 1 << 20;

  @Test
  void aBodyIsAtMostAShareOfTheHeap() {
    assertEquals(8 * MIB, new BodyBudget(512L * MIB, Duration.ZERO).most());
    assertEquals(16 * MIB, new BodyBudget(1024L * MIB, Duration.ZERO).most());
    assertEquals(16 * MIB, new BodyBudget(Long.MAX_VALUE, Duration.ZERO).most());
  }

  @Test
  void oneOfTheLargestFitsAndASecondDoesNot() {
    BodyBudget budget = new BodyBudget(512L * MIB, Duration.ZERO);
    try (BodyShare _ = budget.take(budget.most())) {
      ApiException refused = assertThrows(ApiException.class, () -> budget.take(MIB));
      assertEquals(429, refused.status());
      assertTrue(refused.getMessage().contains("1,048,576 bytes"), refused.getMessage());
      try (BodyShare _ = budget.take(1000)) { // small ones do not wait for it
        assertThrows(ApiException.class, () -> budget.take(MIB));
      }
    }
    try (BodyShare _ = budget.take(budget.most())) {
      assertThrows(ApiException.class, () -> budget.take(budget.most()));
    }
  }
}
