/**
 * Transformers as data. Each architecture is one file that reads its settings, names and checks its
 * tensors, and composes its blocks from the operations of {@link rankine.kernels.Op}; {@link
 * rankine.engine.model.Architectures} lists them. A {@link rankine.engine.model.Model} is immutable
 * and shared; a {@link rankine.engine.model.Session} is what changes.
 *
 * <p>A linear layer whose tensor is absent and whose factors are there ({@code prune --factored})
 * loads as two thin products; architectures know nothing of it.
 *
 * <p>Nothing here opens files, knows text, or computes: that is for checkpoint, icl and the
 * backends.
 */
package rankine.engine.model;
