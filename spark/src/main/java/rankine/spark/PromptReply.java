package rankine.spark;

import rankine.engine.run.ModelOutput;

/**
 * What an executor answers to one batch of prompts.
 *
 * @param output of the model; for a failure that of no prompt
 * @param backend of the executor, as in a manifest
 */
record PromptReply(String executor, long pid, ModelOutput output, String backend, String failure)
    implements ExecutorReply {}
