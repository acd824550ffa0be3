package rankine.kernels.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The pool lends returned arrays again and holds at most twice the peak of what was lent. */
class ArrayPoolTest {
  @Test
  void lendsReturnedArrays() {
    ArrayPool pool = new ArrayPool();
    float[] first = pool.take(8);
    float[] second = pool.take(8);
    assertNotSame(first, second);
    pool.give(first);
    assertSame(first, pool.take(8));
    assertEquals(16, pool.held());
  }

  @Test
  void paddingIsZeroedAgain() {
    ArrayPool pool = new ArrayPool();
    ActivationRows first = ActivationRows.allocate(3, 20, pool);
    Arrays.fill(first.data(), 3f);
    pool.give(first.data());
    ActivationRows second = ActivationRows.allocate(3, 20, pool);
    assertSame(first.data(), second.data());
    for (int row = 0; row < 3; row++) {
      for (int c = 20; c < second.stride(); c++) {
        assertEquals(0, second.data()[second.at(row) + c]);
      }
    }
  }

  @Test
  void dropsSmallestFirstBeyondTheLimit() {
    ArrayPool pool = new ArrayPool();
    float[] large = pool.take(100);
    float[] small = pool.take(10);
    pool.give(small);
    pool.give(large); // the peak is 110, so 220 may be held
    float[] other = pool.take(105);
    assertEquals(215, pool.held());
    pool.give(other);
    pool.give(pool.take(12)); // replaces the array of 10
    assertEquals(100 + 105 + 12, pool.held());
    assertSame(other, pool.take(105));
    assertSame(large, pool.take(100));
  }

  @Test
  void holdsAtMostTwiceThePeak() {
    ArrayPool pool = new ArrayPool();
    for (int length = 1; length <= 50; length++) {
      pool.give(pool.take(length));
      assertTrue(pool.held() <= 2L * length, length + ": " + pool.held());
    }
  }
}
