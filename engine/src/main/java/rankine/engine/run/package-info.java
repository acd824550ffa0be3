/**
 * Runs of a loaded checkpoint: its logits, generated text or evaluation, each with a manifest of
 * what it depends on. The command line calls this package.
 *
 * <p>Here: opening a checkpoint with its tokenizer on a backend, batching, sampling, manifests. Not
 * here: maths and file formats, which are in kernels, checkpoint, model, tokenizer and icl.
 *
 * <p>In reading order:
 *
 * <ul>
 *   <li>{@link BackendOptions} and {@link LoadedModel}: a checkpoint resident on a backend.
 *   <li>{@link PromptIds}, {@link NextTokenLogits}, {@link GenerationConfig}, {@link
 *       GeneratedText}: one prompt to logits or text.
 *   <li>{@link EvaluationRun}, {@link SessionScorer}, {@code ScoringRequest}, {@code Batcher}: an
 *       evaluation's queries to batches and log-likelihoods.
 *   <li>{@link VariantEvaluator} and {@link VariantEvaluation}: one evaluation for many edits of a
 *       model.
 *   <li>{@link Manifest} and {@link Versions}: what a result depends on.
 *   <li>{@link Inspection}, {@link MemoryEstimate}, {@link Spectrum}, {@link Doctor}: reports
 *       without a run.
 * </ul>
 */
package rankine.engine.run;
