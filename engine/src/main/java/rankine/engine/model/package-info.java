/**
 * Transformers as programs of {@link rankine.kernels.Op}s. {@link
 * rankine.engine.model.Architectures} lists the architectures; each is one file that reads its
 * settings, names and checks its tensors ({@code Weights}), and composes its blocks ({@code
 * DecoderBuilder}, {@code ProgramBuilder}; {@code LlamaDecoder} and {@code GemmaDecoder} where
 * several architectures share them). {@link rankine.engine.model.ModelConfig} holds the sizes and
 * {@link rankine.engine.model.Module} names the matrices of a block. A {@link
 * rankine.engine.model.Model} is immutable and shared; a {@link rankine.engine.model.Session} runs
 * it and holds the mutable state.
 *
 * <p>A linear layer whose tensor is absent and whose factors are present ({@code prune --factored})
 * loads as two thin products ({@link rankine.engine.model.FactoredLinear}), independent of the
 * architecture.
 *
 * <p>No code here opens files (checkpoint), handles text (icl) or computes (backends).
 */
package rankine.engine.model;
