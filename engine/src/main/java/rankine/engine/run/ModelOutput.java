package rankine.engine.run;

import java.io.Serializable;
import java.util.List;

/** What a model returns for the prompts of a {@link PromptBatch}, in their order. */
public sealed interface ModelOutput extends Serializable {
  /**
   * Scores of continuations.
   *
   * @param logLikelihoods one array per prompt, one number per continuation
   */
  record ContinuationScores(List<double[]> logLikelihoods) implements ModelOutput {
    /** Copies the list. */
    public ContinuationScores {
      logLikelihoods = List.copyOf(logLikelihoods);
    }
  }

  /**
   * Written answers.
   *
   * @param ids of the answer to each prompt
   */
  record WrittenAnswers(List<int[]> ids) implements ModelOutput {
    /** Copies the list. */
    public WrittenAnswers {
      ids = List.copyOf(ids);
    }
  }

  /** Returns the outputs for consecutive batches as one. */
  static ModelOutput concat(List<ModelOutput> outputs) {
    return outputs.getFirst() instanceof ContinuationScores
        ? new ContinuationScores(
            outputs.stream()
                .flatMap(output -> ((ContinuationScores) output).logLikelihoods().stream())
                .toList())
        : new WrittenAnswers(
            outputs.stream().flatMap(output -> ((WrittenAnswers) output).ids().stream()).toList());
  }
}
