package rankine.cli.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import rankine.engine.serving.SequenceEvent;
import rankine.engine.serving.SequenceEvent.PromptComputed;
import rankine.engine.serving.SequenceEvent.TokenAdded;

/** Counts the tokens of a request. */
final class TokenUsage {
  private final int prompt;
  private int cached;
  private int completion;

  /**
   * @param prompt tokens of all prompts
   */
  TokenUsage(int prompt) {
    this.prompt = prompt;
  }

  void add(SequenceEvent event) {
    switch (event) {
      case PromptComputed computed -> cached += computed.cached();
      case TokenAdded _ -> completion++;
      default -> {}
    }
  }

  /** Puts the object {@code usage} into an answer. */
  void putIn(ObjectNode answer) {
    ObjectNode usage = answer.putObject("usage");
    usage
        .put("prompt_tokens", prompt)
        .put("completion_tokens", completion)
        .put("total_tokens", prompt + completion);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cached);
  }
}
