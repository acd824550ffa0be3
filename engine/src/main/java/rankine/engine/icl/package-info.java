/**
 * In-context evaluation: a task file and the rows of a data set become prompts with demonstrations,
 * and what a model returns for them becomes predictions and metrics.
 *
 * <p>Here: task files, data readers, splits, prompts, encoding, predictions and metrics. Not here:
 * the model (prompts go out as a {@link rankine.engine.replay.PromptBatch} of ids, log-likelihoods
 * come back), the tokenizer (only {@link rankine.tokenizer.Tokenizer}), the terminal. A new task is
 * a new file under {@code tasks/}, not new code.
 *
 * <p>From a data file to an accuracy, in reading order:
 *
 * <ol>
 *   <li>{@link Task}, parsed by {@code TaskFile}: data files, prompt format, scoring method.
 *   <li>{@code DataFolder} reads {@code DataRow}s through {@code DelimitedReader}, {@code
 *       JsonLinesReader} or {@code SquadReader}.
 *   <li>{@code ExamplePlan} selects the demonstrations and the examples of an {@link
 *       EvaluationSplit}, with {@code SplitPlan}, {@code DemonstrationSampler} and {@code
 *       Randomness}.
 *   <li>{@code PromptBuilder} renders rows as text; {@link PromptListing} lists the prompts.
 *   <li>{@code PromptEncoder} encodes prompt and choices as a {@link rankine.engine.replay.Prompt};
 *       {@code PromptFitting} chooses the shots that fit the context.
 *   <li>{@link TaskPrompts} holds them all, and gives a model their batch.
 *   <li>{@code PredictionRule} turns scores into {@link Prediction}s, {@code Metrics} turns
 *       predictions into an {@link EvaluationResult}.
 * </ol>
 */
package rankine.engine.icl;
