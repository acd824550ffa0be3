/**
 * Utilities that several modules share.
 *
 * <p>Holds the {@link rankine.common.RankineException} family and its one-line messages ({@code
 * Shown}), strict JSON ({@code Json}, {@code JsonObject}, {@code JsonKind}), {@code Sha256}, {@code
 * AtomicFile} and {@code NaturalOrder}.
 *
 * <p>May not hold anything that knows a model, a tensor, a task or a backend, anything that only
 * one module uses, or a dependency other than Jackson.
 */
package rankine.common;
