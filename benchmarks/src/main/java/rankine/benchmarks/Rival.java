package rankine.benchmarks;

/**
 * Another engine that runs whole models, and how much faster than it we mean to be.
 *
 * @param prefillGoal ours / theirs, for people, e.g. {@code ≥ 1.3}
 * @param decodeGoal likewise
 */
record Rival(Contender contender, String prefillGoal, String decodeGoal) {}
