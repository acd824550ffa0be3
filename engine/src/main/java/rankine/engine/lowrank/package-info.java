/**
 * The singular value decomposition of a weight matrix, exact and randomized: truncation, its error,
 * and a cache of the factors on disk.
 *
 * <p>The types, in reading order: {@link rankine.engine.lowrank.Svd} is a decomposition, {@link
 * rankine.engine.lowrank.Removal} determines its rank (a {@link
 * rankine.engine.lowrank.PruningRate}, a {@code ParameterRatio} or a {@code KeptRank}), {@link
 * rankine.engine.lowrank.ExactSvd} and {@link rankine.engine.lowrank.RandomizedSvd} (with {@code
 * RangeFinder}) compute it through {@code GramSvd}, and {@link rankine.engine.lowrank.FactorCache}
 * stores it.
 *
 * <p>All heavy computation uses {@link rankine.kernels.MatrixOps}, so it runs on the backend. No
 * code here knows models, tasks or layers; only {@code FactorCache}, with its {@code CacheFolder},
 * {@code FactorFile} and {@code ArrayFile}, accesses files.
 */
package rankine.engine.lowrank;
