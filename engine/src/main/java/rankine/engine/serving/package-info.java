/**
 * Many prompts at a time under one model: continued, scored or both, batched as they arrive.
 *
 * <p>One thread owns the model ({@link rankine.engine.serving.BatchScheduler}). In each step it
 * runs one batch: the next token of every text that grows, and a chunk of the prompts that have
 * just arrived. A row of a batch depends on its own sequence only, so a request has the same
 * result, to the bit, alone and in company. A sequence that is done is kept ({@code PrefixCache}):
 * a prompt that begins as it does computes only the rest.
 *
 * <p>Not here: protocols, sockets and JSON, which are in rankine.cli.serve.
 *
 * <p>In reading order: {@link rankine.engine.serving.SequenceRequest}, {@link
 * rankine.engine.serving.SequenceEvent}, {@link rankine.engine.serving.ServingOptions}, {@link
 * rankine.engine.serving.BatchScheduler}, {@code ServedSequence}, {@code ComputedTokens}, {@code
 * PrefixCache}.
 */
package rankine.engine.serving;
