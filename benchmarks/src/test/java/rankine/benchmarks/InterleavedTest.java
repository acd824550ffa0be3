package rankine.benchmarks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class InterleavedTest {
  @Test
  void interleavesAfterTheWarmUp() {
    List<String> calls = new ArrayList<>();
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    for (String name : List.of("a", "b")) {
      turns.put(
          name,
          () -> {
            calls.add(name);
            return calls.size();
          });
    }
    Map<String, Interleaved.Measured> measured = new Interleaved(3, 5, 0, 0, 0).measure(turns);
    assertEquals("aaaaabbbbbababab", String.join("", calls));
    assertEquals(1, measured.get("a").first());
    assertEquals(6, measured.get("b").first());
    assertArrayEquals(new double[] {11, 13, 15}, measured.get("a").samples().values());
    assertArrayEquals(new double[] {12, 14, 16}, measured.get("b").samples().values());
  }

  @Test
  void aTurnThatFailsWhileItWarmsUpIsLeftOut() {
    Map<String, DoubleSupplier> turns = new LinkedHashMap<>();
    turns.put("a", () -> 1);
    turns.put(
        "b",
        () -> {
          throw new IllegalStateException("out of memory");
        });
    turns.put("c", () -> 3);
    List<String> failed = new ArrayList<>();
    Interleaved calls = new Interleaved(1, 1, 0, 0, 0);
    Map<String, Interleaved.Measured> measured =
        calls.measure(turns, (name, e) -> failed.add(name + ": " + e.getMessage()));
    assertEquals(List.of("a", "c"), List.copyOf(measured.keySet()));
    assertEquals(List.of("b: out of memory"), failed);
    assertThrows(IllegalStateException.class, () -> calls.measure(turns));
  }

  @Test
  void otherLoadExcludesThisProcess() {
    OtherLoad start = new OtherLoad(100, 10, 0);
    assertEquals(0.75, new OtherLoad(106, 13, 4_000_000_000L).since(start), 1e-12);
    assertEquals(0, new OtherLoad(101, 12, 1_000_000_000L).since(start));
  }
}
