package rankine.engine.serving;

import java.util.List;
import java.util.Optional;

/**
 * What happens to a request, in this order: its prompt is computed, tokens are added, it ends. One
 * that fails does so at any time, and nothing follows.
 */
public sealed interface SequenceEvent {
  /**
   * The prompt is computed.
   *
   * @param scores of each token of the prompt; empty unless requested
   * @param cached the tokens of the prompt whose keys and values were known from an earlier request
   */
  record PromptComputed(List<ScoredToken> scores, int cached) implements SequenceEvent {}

  /**
   * A token was generated.
   *
   * @param score empty unless requested
   * @param text what is certain of the text with this token; may be empty
   */
  record TokenAdded(int id, Optional<ScoredToken> score, String text) implements SequenceEvent {}

  /**
   * The text is complete.
   *
   * @param rest the end of the text, which was held back until here
   */
  record SequenceEnded(EndReason reason, String rest) implements SequenceEvent {}

  /** The request could not be served. */
  record SequenceFailed(Throwable cause) implements SequenceEvent {}

  /** Why a text ends. */
  enum EndReason {
    /** An id that ends texts, or a stop string. */
    STOP,
    /** The maximum of new tokens, or the end of the context. */
    LENGTH
  }
}
