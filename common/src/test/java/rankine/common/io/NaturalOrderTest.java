package rankine.common.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
  @Test
  void numbersCountByTheirValue() {
    List<String> ordered =
        List.of(
            "", "h", "h.", "h.0.b", "h.2.a", "h.2.w", "h.10.a", "h.99999999999999999999.a", "h.x");
    List<String> names = new ArrayList<>(ordered);
    Collections.reverse(names);
    names.sort(NaturalOrder.INSTANCE);
    assertEquals(ordered, names);
  }

  @Test
  void onlyEqualNamesAreEqual() {
    assertEquals(0, NaturalOrder.INSTANCE.compare("h.1", "h.1"));
    assertNotEquals(0, NaturalOrder.INSTANCE.compare("h.01", "h.1"));
  }
}
