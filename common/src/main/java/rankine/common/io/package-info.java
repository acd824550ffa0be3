/**
 * What several modules share to read and write: strict JSON ({@code Json}, {@code JsonObject},
 * {@code JsonKind}), {@code Sha256}, {@code AtomicFile}, {@code NaturalOrder}, and how messages
 * show names and values ({@code Shown}).
 *
 * <p>May not hold anything that knows a model, a tensor, a task or a backend, anything that only
 * one module uses, or a dependency other than Jackson.
 */
package rankine.common.io;
