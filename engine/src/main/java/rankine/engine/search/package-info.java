/**
 * Chooses an edit by its accuracy on a task, or its perplexity on a text: Algorithm 1 of Yao et al.
 * (arXiv 2406.03768). The choice is made on validation data and reported on test data that played
 * no part in it.
 *
 * <p>Search lives here; evaluation of one variant ({@code rankine.engine.run}), groups of
 * evaluations and the choice of a rate ({@code rankine.engine.sweep}) and text for the terminal do
 * not.
 *
 * <p>Reading order: {@link rankine.engine.search.SearchObjective}, {@link
 * rankine.engine.search.SearchSpace}, {@link rankine.engine.search.LayerSelection}, {@link
 * rankine.engine.search.LayerGuide}, {@link rankine.engine.search.RateSearch}, a sweep of one group
 * in memory, {@link rankine.engine.search.SeedValidation}, {@link rankine.engine.search.SeedTests},
 * {@link rankine.engine.search.SearchResult}, then {@link rankine.engine.search.GreedySearch} and
 * {@link rankine.engine.search.GreedyResult}.
 */
package rankine.engine.search;
