package rankine.engine.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.PromptBatch;

/**
 * Runs prompts by other processes, such as those of a cluster, each with the model and its edits.
 */
public interface PromptEngine {
  /**
   * Runs every prompt.
   *
   * @param progress receives the number of prompts whose output is there
   * @return the same bits as {@link Evaluator#output}
   * @throws rankine.common.RankineException if one fails
   */
  ModelOutput output(PromptBatch prompts, ProgressListener progress);

  /**
   * Returns the {@link Manifest#backend} of the processes; of several kinds all, in their order.
   */
  ObjectNode backend();
}
