package rankine.engine.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which sketch a rank takes, and when it takes none. */
class SketchOptionsTest {
  private static final SketchOptions STANDARD = SketchOptions.standard(7);

  private static Optional<Integer> rank(SketchOptions options, int rank, int m, int n) {
    return options.of(rank, m, n).map(RandomizedOptions::rank);
  }

  @Test
  void largeRanksTakeTheExactDecomposition() {
    assertEquals(Optional.of(1), rank(STANDARD, 1, 64, 256));
    assertEquals(Optional.of(24), rank(STANDARD, 24, 64, 256));
    assertEquals(Optional.empty(), rank(STANDARD, 25, 64, 256));
    assertEquals(Optional.empty(), rank(STANDARD, 25, 256, 64));
    assertEquals(Optional.of(1536), rank(STANDARD, 1536, 4096, 16384));
    assertEquals(Optional.empty(), rank(STANDARD, 1537, 4096, 16384));
  }

  @Test
  void ratesShareTheSketchOfTheSmallest() {
    SketchOptions shared = STANDARD.sharedFrom(PruningRate.parse("0.75"));
    assertEquals(Optional.of(16), rank(shared, 16, 64, 256));
    assertEquals(Optional.of(16), rank(shared, 1, 64, 256));
    assertEquals(Optional.of(32), rank(shared, 1, 128, 128), "of each matrix its own");
    assertEquals(Optional.empty(), rank(STANDARD.sharedFrom(PruningRate.parse("0.5")), 1, 64, 64));
  }

  /** A sketch whose parameters are given is what was asked for, as slow as it may be. */
  @Test
  void givenParametersAreKept() {
    SketchOptions paper =
        new SketchOptions(SketchOptions.Preset.PAPER, OptionalInt.empty(), OptionalInt.empty(), 0);
    SketchOptions iterated =
        new SketchOptions(SketchOptions.Preset.STANDARD, OptionalInt.empty(), OptionalInt.of(1), 0);
    for (SketchOptions given : new SketchOptions[] {paper, iterated}) {
      SketchOptions shared = given.sharedFrom(PruningRate.parse("0.5"));
      assertEquals(Optional.of(60), rank(shared, 60, 64, 64));
      assertEquals(Optional.of(3), rank(shared, 3, 64, 64));
    }
  }
}
