/**
 * Chooses an edit by its accuracy: Algorithm 1 of Yao et al. (arXiv 2406.03768). The choice is made
 * on validation data and reported on test data that played no part in it.
 *
 * <p>Search lives here; evaluation of one variant ({@code rankine.engine.run}), grids of searches
 * ({@code rankine.engine.sweep}) and text for the terminal do not.
 *
 * <p>Reading order: {@link rankine.engine.search.SearchObjective}, {@link
 * rankine.engine.search.LayerSelection}, {@link rankine.engine.search.LayerGuide}, {@link
 * rankine.engine.search.RateSearch} with {@code VariantRunner}, {@code VariantResults} and {@code
 * SeedResult}, {@link rankine.engine.search.SeedValidation}, {@link
 * rankine.engine.stats.BestCandidates}, {@link rankine.engine.search.SeedTests}, {@link
 * rankine.engine.search.SearchResult}, then {@link rankine.engine.search.GreedySearch} and {@link
 * rankine.engine.search.GreedyResult}.
 */
package rankine.engine.search;
