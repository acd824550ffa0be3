package rankine.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import rankine.common.ModelException;
import rankine.engine.icl.PromptEncoder;
import rankine.engine.model.Model;
import rankine.engine.replay.ActivationBudget;
import rankine.engine.replay.LengthScorer;
import rankine.engine.replay.ProgressListener;
import rankine.engine.replay.Prompt;
import rankine.engine.replay.PromptBatch;
import rankine.engine.run.Evaluator;
import rankine.engine.run.LoadedModel;

/** Scores texts as continuations of one prompt, as an evaluation does. */
final class ContinuationScorer {
  private ContinuationScorer() {}

  /**
   * Returns the given texts with their log-probabilities, in order.
   *
   * @throws rankine.common.TaskException if the prompt has no token
   * @throws ModelException for an empty text, or more tokens than the context has
   */
  static List<Continuation> score(LoadedModel loaded, String prompt, List<String> given) {
    List<String> texts = List.copyOf(given);
    if (texts.isEmpty()) {
      return List.of();
    }
    if (texts.contains("")) {
      throw new ModelException("continuation: expected text, found an empty one");
    }
    Prompt encoded =
        PromptEncoder.forLikelihood(loaded.tokenizer()).encode("prompt", prompt, texts);
    Model model = loaded.model();
    try (LengthScorer scorer =
        new LengthScorer(
            model,
            loaded.backend().backend(),
            PromptBatch.of(List.of(encoded)),
            new ActivationBudget(Evaluator.ACTIVATION_BYTES))) {
      double[] scores = scorer.scores(model, ProgressListener.NONE).getFirst();
      List<Continuation> scored = new ArrayList<>();
      for (int i = 0; i < scores.length; i++) {
        List<Integer> ids = Arrays.stream(encoded.continuations().get(i)).boxed().toList();
        scored.add(new Continuation(texts.get(i), ids, scores[i]));
      }
      return scored;
    }
  }
}
