/**
 * In-context evaluation: a task is a data file; rows of a data set become prompts; a language model
 * scores or continues them; the outcome is counted.
 *
 * <p>The way of the data: {@code DataFolder} reads rows, {@code Plan} says which are demonstrations
 * and which are evaluated, {@code PromptBuilder} renders them, {@code Encoder} makes ids, {@link
 * LanguageModel} gives log-likelihoods, {@link Evaluation} counts.
 *
 * <p>Not here: how a model computes (this package sees only {@link Scorer}), how text becomes ids
 * (only {@link rankine.tokenizer.Tokenizer}), what a terminal shows. A new task is a new file under
 * {@code tasks/}, not new code.
 */
package rankine.engine.icl;
