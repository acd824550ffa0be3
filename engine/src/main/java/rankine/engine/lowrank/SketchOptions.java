package rankine.engine.lowrank;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.common.EditException;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;

/**
 * Parameters of the sketch for every rank: a preset with optional overrides.
 *
 * <p>Where the standard sketch would take longer than the exact decomposition, above {@link
 * #isSmall}, the exact one is taken. The rates of one matrix share one sketch, of the largest rank.
 * A sketch whose parameters the user gives is made as given, for each rank.
 *
 * @param oversampling vectors of the sketch beyond the rank; absent: the value of the preset
 * @param powerIterations multiplications of the sketch by {@code A Aᵀ}; absent: the value of the
 *     preset
 * @param seed seed of the sketch
 * @param smallestRate the smallest rate above 0 of those that share a sketch; absent: none shares
 */
public record SketchOptions(
    Preset preset,
    OptionalInt oversampling,
    OptionalInt powerIterations,
    long seed,
    Optional<PruningRate> smallestRate) {
  private static final JsonKind<PruningRate> RATE =
      new JsonKind<>(
          "a rate in [0, 1)",
          node -> {
            try {
              return node.isNumber()
                  ? Optional.of(new PruningRate(node.decimalValue()))
                  : Optional.empty();
            } catch (EditException e) {
              return Optional.empty();
            }
          });

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

  /** Parameters without a shared sketch. */
  public SketchOptions(
      Preset preset, OptionalInt oversampling, OptionalInt powerIterations, long seed) {
    this(preset, oversampling, powerIterations, seed, Optional.empty());
  }

  /** Checks the ranges. */
  public SketchOptions {
    new RandomizedOptions(1, oversampling.orElse(0), powerIterations.orElse(0), seed);
  }

  /** Returns the standard preset without overrides. */
  public static SketchOptions standard(long seed) {
    return new SketchOptions(Preset.STANDARD, OptionalInt.empty(), OptionalInt.empty(), seed);
  }

  /**
   * Returns the same parameters for rates that share a sketch.
   *
   * @param rate the smallest of them above 0
   */
  public SketchOptions sharedFrom(PruningRate rate) {
    return isStandard()
        ? new SketchOptions(preset, oversampling, powerIterations, seed, Optional.of(rate))
        : this;
  }

  /**
   * Reads what {@link #toJson} writes.
   *
   * @throws rankine.common.RankineException for a fault, as {@code json} makes it
   */
  public static SketchOptions of(JsonObject json) {
    SketchOptions sketch =
        new SketchOptions(
            json.get("preset", JsonKind.oneOf(Preset.values(), Preset::label)),
            optional(json, "oversampling", Integer.MAX_VALUE),
            optional(json, "power_iterations", RandomizedOptions.MAX_POWER_ITERATIONS),
            json.get("seed", JsonKind.LONG),
            json.optional("smallest_rate", RATE));
    json.done();
    return sketch;
  }

  private static OptionalInt optional(JsonObject json, String key, int most) {
    return json.optional(key, JsonKind.integer(0, most)).stream()
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  /**
   * Keys {@code preset} and {@code seed}; where present {@code oversampling}, {@code
   * power_iterations} and {@code smallest_rate}.
   */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("preset", preset.label());
    oversampling.ifPresent(p -> json.put("oversampling", p));
    powerIterations.ifPresent(q -> json.put("power_iterations", q));
    json.put("seed", seed);
    smallestRate.ifPresent(rate -> json.put("smallest_rate", rate.value()));
    return json;
  }

  /**
   * Returns the options of the sketch that gives {@code rank} triplets, at least 1, of a matrix [m,
   * n]; empty if the exact decomposition is faster.
   */
  public Optional<RandomizedOptions> of(int rank, int m, int n) {
    int largest = Math.max(rank, smallestRate.map(rate -> rate.rank(m, n)).orElse(0));
    return isStandard() && !isSmall(largest, m, n) ? Optional.empty() : Optional.of(of(largest));
  }

  private boolean isStandard() {
    return preset == Preset.STANDARD && oversampling.isEmpty() && powerIterations.isEmpty();
  }

  /**
   * Returns whether a standard sketch of a matrix [m, n] takes less time than the exact
   * decomposition: up to 3/8 of the shorter side. The two took equally long at 0.40 to 0.46 of it
   * (256 to 1536 rows, 1 to 4 times as many columns; CPU time on a processor with AVX-512).
   */
  static boolean isSmall(int rank, int m, int n) {
    return 8L * rank <= 3L * Math.min(m, n);
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
