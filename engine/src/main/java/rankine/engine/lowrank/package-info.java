/**
 * The singular value decomposition of a weight matrix: exact and randomized, its cuts, what they
 * lose, and a cache of the factors on disk.
 *
 * <p>All heavy work is {@link rankine.kernels.MatrixOps}, so it runs where the backend runs.
 * Nothing here knows models, tasks or layers; only {@link rankine.engine.lowrank.FactorCache}
 * touches files.
 */
package rankine.engine.lowrank;
