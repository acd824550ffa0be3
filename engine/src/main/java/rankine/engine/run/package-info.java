/**
 * Runs of a loaded checkpoint: its logits, generated text or evaluation, each with a manifest of
 * what it depends on. The command line calls this package.
 *
 * <p>Here: opening a checkpoint with its tokenizer on a backend, sampling, manifests. Not here:
 * maths and file formats, which are in kernels, checkpoint, model, tokenizer and icl.
 *
 * <p>In reading order:
 *
 * <ul>
 *   <li>{@link BackendOptions} and {@link LoadedModel}: a checkpoint resident on a backend.
 *   <li>{@link PromptIds}, {@link NextTokenLogits}, {@link GenerationConfig}, {@link
 *       GeneratedText}: one prompt to logits or text, drawn by a {@link TokenSampler}; a {@link
 *       TextStream} decodes it and cuts it by {@code StopStrings}; {@link TokenTexts} shows tokens.
 *   <li>{@link EvaluationRequest} and {@link Evaluator}: a task to a result, for one model or for
 *       many edits of one; {@link PromptBatch} and {@link ModelOutput}, what a {@link PromptEngine}
 *       in other processes takes and gives.
 *   <li>{@link Manifest} and {@link Versions}: what a result depends on.
 *   <li>{@link Inspection}, {@link Spectrum}, {@link Doctor}: reports without a run.
 * </ul>
 */
package rankine.engine.run;
