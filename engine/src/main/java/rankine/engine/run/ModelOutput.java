package rankine.engine.run;

import java.io.Serializable;
import java.util.List;
import rankine.engine.replay.PromptBatch;

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
   * @param logLikelihoods of the continuation that each answer is compared with; none for free
   *     answers
   */
  record WrittenAnswers(List<int[]> ids, List<Double> logLikelihoods) implements ModelOutput {
    /** Copies the lists. */
    public WrittenAnswers {
      ids = List.copyOf(ids);
      logLikelihoods = List.copyOf(logLikelihoods);
    }

    private static WrittenAnswers concat(List<WrittenAnswers> all) {
      return new WrittenAnswers(
          all.stream().flatMap(one -> one.ids.stream()).toList(),
          all.stream().flatMap(one -> one.logLikelihoods.stream()).toList());
    }
  }

  /** Returns the outputs for consecutive batches as one. */
  static ModelOutput concat(List<ModelOutput> outputs) {
    return outputs.getFirst() instanceof ContinuationScores
        ? new ContinuationScores(
            outputs.stream()
                .flatMap(output -> ((ContinuationScores) output).logLikelihoods().stream())
                .toList())
        : WrittenAnswers.concat(outputs.stream().map(WrittenAnswers.class::cast).toList());
  }
}
