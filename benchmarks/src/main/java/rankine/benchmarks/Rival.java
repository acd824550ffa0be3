package rankine.benchmarks;

/**
 * Another engine that runs whole models, with the goals for Rankine's speed against it.
 *
 * @param prefillGoal goal for the ratio ours / theirs of prefill, e.g. {@code ≥ 1.3}
 * @param decodeGoal goal for decode
 */
record Rival(Contender contender, String prefillGoal, String decodeGoal) {}
