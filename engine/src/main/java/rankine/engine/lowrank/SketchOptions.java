package rankine.engine.lowrank;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * How matrices are sketched, whatever their rank: a preset, of which either number may be replaced.
 *
 * @param oversampling vectors of the sketch beyond the rank; absent: the preset's
 * @param powerIterations multiplications of the sketch by {@code A Aᵀ}; absent: the preset's
 * @param seed of the sketch
 */
public record SketchOptions(
    Preset preset, OptionalInt oversampling, OptionalInt powerIterations, long seed) {

  /** Numbers that belong together. */
  public enum Preset {
    /** {@link RandomizedOptions#standard}. */
    STANDARD,
    /** {@link RandomizedOptions#paper}. */
    PAPER;

    /** As on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the ranges. */
  public SketchOptions {
    new RandomizedOptions(1, oversampling.orElse(0), powerIterations.orElse(0), seed);
  }

  /** The standard preset. */
  public static SketchOptions standard(long seed) {
    return new SketchOptions(Preset.STANDARD, OptionalInt.empty(), OptionalInt.empty(), seed);
  }

  /** The options for {@code rank} triplets, at least 1. */
  public RandomizedOptions of(int rank) {
    RandomizedOptions chosen =
        switch (preset) {
          case STANDARD -> RandomizedOptions.standard(rank, seed);
          case PAPER -> RandomizedOptions.paper(rank, seed);
        };
    return new RandomizedOptions(
        rank,
        oversampling.orElse(chosen.oversampling()),
        powerIterations.orElse(chosen.powerIterations()),
        seed);
  }
}
