/**
 * Choosing an edit by its accuracy: Algorithm 1 of Yao et al. (arXiv 2406.03768), with its choice
 * made on validation data and reported on test data that played no part in it.
 */
package rankine.engine.search;
