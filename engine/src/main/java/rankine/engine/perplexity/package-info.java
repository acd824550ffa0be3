/**
 * Perplexity: how well a model, edited or not, predicts a text, with the protocol that the figure
 * depends on.
 *
 * <p>Reading order: {@link rankine.engine.perplexity.WindowProtocol} cuts the stream of ids into
 * {@link rankine.engine.perplexity.TextWindow}s; {@link rankine.engine.perplexity.WindowScorer},
 * which runs the model; {@link rankine.engine.perplexity.Perplexity}, the result; {@link
 * rankine.engine.perplexity.VariantPerplexity} for many edits of one model.
 *
 * <p>Not here: tasks and prompts ({@code rankine.engine.icl}), the scorer ({@code
 * rankine.engine.replay}).
 */
package rankine.engine.perplexity;
