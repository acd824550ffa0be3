package rankine.engine.lowrank;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * Parameters of the sketch for every rank: a preset with optional overrides.
 *
 * @param oversampling vectors of the sketch beyond the rank; absent: the value of the preset
 * @param powerIterations multiplications of the sketch by {@code A Aᵀ}; absent: the value of the
 *     preset
 * @param seed seed of the sketch
 */
public record SketchOptions(
    Preset preset, OptionalInt oversampling, OptionalInt powerIterations, long seed) {

  /** Matching values of oversampling and power iterations. */
  public enum Preset {
    /** {@link RandomizedOptions#standard}. */
    STANDARD,
    /** {@link RandomizedOptions#paper}. */
    PAPER;

    /** Returns the name on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the ranges. */
  public SketchOptions {
    new RandomizedOptions(1, oversampling.orElse(0), powerIterations.orElse(0), seed);
  }

  /** Returns the standard preset without overrides. */
  public static SketchOptions standard(long seed) {
    return new SketchOptions(Preset.STANDARD, OptionalInt.empty(), OptionalInt.empty(), seed);
  }

  /** Returns the options for {@code rank} triplets, at least 1. */
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
