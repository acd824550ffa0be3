/**
 * Writes edited checkpoints: the edited matrices, or their factors, replace the originals. {@link
 * rankine.engine.prune.CheckpointPruner} runs it; {@code StoredMatrix} locates a matrix of the
 * model in its file, {@code TensorRewriter} edits tensor by tensor, {@code MatrixRewrite} and
 * {@code StoredFactors} write the result, {@code DTypeEncoder} rounds it to the stored type.
 *
 * <p>Not here: the computation of edits ({@link rankine.engine.edit}), file formats and folders
 * ({@link rankine.engine.checkpoint}).
 */
package rankine.engine.prune;
