package rankine.benchmarks;

/**
 * Another engine that runs whole models, with the goals for Rankine's speed against it.
 *
 * @param prefillGoal goal for the ratio ours / theirs of prefill, e.g. {@code ≥ 1.3}
 * @param decodeGoal goal for decode
 * @param maxDifference largest accepted difference of logits, relative to the largest
 */
record Rival(Contender contender, String prefillGoal, String decodeGoal, double maxDifference) {
  /** Rounding activations to 16 bits stays below it, another computation does not. */
  static final double MAX_DIFFERENCE = 0.01;

  /** One that computes in float32, or rounds as little. */
  Rival(Contender contender, String prefillGoal, String decodeGoal) {
    this(contender, prefillGoal, decodeGoal, MAX_DIFFERENCE);
  }
}
