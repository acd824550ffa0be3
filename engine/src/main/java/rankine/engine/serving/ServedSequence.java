package rankine.engine.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import rankine.common.ModelException;
import rankine.engine.run.LoadedModel;
import rankine.engine.run.TextStream;
import rankine.engine.run.TokenSampler;
import rankine.engine.serving.ScoredToken.TokenAlternative;
import rankine.engine.serving.SequenceEvent.EndReason;
import rankine.engine.serving.SequenceEvent.PromptComputed;
import rankine.engine.serving.SequenceEvent.SequenceEnded;
import rankine.engine.serving.SequenceEvent.SequenceFailed;
import rankine.engine.serving.SequenceEvent.TokenAdded;

/**
 * A request that waits or runs. Only the scheduler's thread uses it once it is submitted, except
 * for {@link #cancel}.
 */
final class ServedSequence {
  private final SequenceRequest request;
  private final int contextLength;
  private final Consumer<SequenceEvent> events;
  private final TokenSampler sampler;
  private final TextStream text;

  private ComputedTokens tokens;
  private int cached;
  private int generated;

  /** The tokens that the sampler has not seen. */
  private int[] unseen;

  private boolean promptDone;
  private boolean done;
  private volatile boolean cancelled;

  /**
   * A request that waits.
   *
   * @param contextLength most tokens of the sequence
   * @param events receives what happens, on the scheduler's thread; must not block
   */
  ServedSequence(
      LoadedModel loaded,
      SequenceRequest request,
      int contextLength,
      Consumer<SequenceEvent> events) {
    this.request = request;
    this.contextLength = contextLength;
    this.events = events;
    this.sampler = new TokenSampler(request.config());
    this.text = new TextStream(loaded, request.prompt(), request.config().stop());
    this.unseen = request.prompt();
  }

  SequenceRequest request() {
    return request;
  }

  void cancel() {
    cancelled = true;
  }

  /** Returns whether nothing more happens: it ended, failed or was cancelled. */
  boolean isDone() {
    return done || cancelled;
  }

  boolean isStarted() {
    return tokens != null;
  }

  /** Returns whether the prompt is computed, so that each step adds a token. */
  boolean isDecoding() {
    return promptDone;
  }

  /** The tokens, of a sequence that has started. */
  ComputedTokens tokens() {
    return tokens;
  }

  /**
   * Does what concerns this sequence alone: what it throws, a defect too, fails this one and no
   * other.
   */
  void contained(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /**
   * Begins.
   *
   * @param first of these tokens
   * @param known how many of the prompt's positions they have
   */
  void start(ComputedTokens first, int known) {
    tokens = first;
    cached = known;
    endPrompt();
  }

  /** Returns the number of tokens to compute before the next one is chosen, or the prompt ends. */
  int pending() {
    int end = promptDone ? tokens.size() : request.promptPositions();
    return end - tokens.cache().length();
  }

  /**
   * Returns whether the logits of a position are needed: for the score of the prompt's next token,
   * or for a new token.
   */
  boolean needsLogits(int position) {
    return position == tokens.size() - 1 || request.scoresPrompt();
  }

  /**
   * Chooses the token of which a logit row decides.
   *
   * @param position of the row: the token after it is scored or added
   * @param logits [vocabSize]; changed by the repetition penalty
   * @return the token
   * @throws ModelException for logits that are not numbers
   */
  int choose(int position, float[] logits) {
    if (position < tokens.size() - 1) {
      return tokens.id(position + 1);
    }
    int next = sampler.next(unseen, logits);
    unseen = new int[] {next};
    return next;
  }

  /**
   * Receives the token after a position, with its score if one was requested.
   *
   * @param ids the chosen token, then the alternatives
   * @param logProbabilities of {@code ids}; empty if nothing was requested
   * @throws ModelException for log-probabilities that are not numbers
   */
  void accept(int position, int[] ids, double[] logProbabilities) {
    Optional<ScoredToken> score =
        logProbabilities.length == 0
            ? Optional.empty()
            : Optional.of(scored(ids, logProbabilities));
    if (position < tokens.size() - 1) {
      tokens.scores().add(score.orElseThrow());
      endPrompt();
      return;
    }
    endPrompt();
    if (text.isEnd(ids[0])) {
      end(EndReason.STOP);
      return;
    }
    tokens.add(ids[0]);
    generated++;
    events.accept(new TokenAdded(ids[0], score, text.add(ids[0])));
    if (text.isStopped()) {
      end(EndReason.STOP);
    } else if (generated == request.config().maxTokens()
        || tokens.cache().length() >= contextLength) {
      end(EndReason.LENGTH);
    }
  }

  private static ScoredToken scored(int[] ids, double[] logProbabilities) {
    List<TokenAlternative> alternatives = new ArrayList<>();
    for (int i = 0; i < ids.length; i++) {
      if (!Double.isFinite(logProbabilities[i])) {
        throw new ModelException(
            "log-probabilities: expected finite numbers, found "
                + logProbabilities[i]
                + " (weights that are not finite, or too large)");
      }
      if (i > 0) {
        alternatives.add(new TokenAlternative(ids[i], logProbabilities[i]));
      }
    }
    return new ScoredToken(ids[0], OptionalDouble.of(logProbabilities[0]), alternatives);
  }

  /** Ends the prompt once all its positions are computed and scored. */
  private void endPrompt() {
    boolean scored = !request.scoresPrompt() || tokens.scores().size() == request.prompt().length;
    if (promptDone || tokens.cache().length() < request.promptPositions() || !scored) {
      return;
    }
    promptDone = true;
    events.accept(
        new PromptComputed(
            request.scoresPrompt() ? List.copyOf(tokens.scores()) : List.of(), cached));
    if (request.config().maxTokens() == 0) {
      end(EndReason.LENGTH);
    }
  }

  private void end(EndReason reason) {
    SequenceEnded event = new SequenceEnded(reason, text.finish());
    done = true;
    events.accept(event);
  }

  /** Ends it with a failure, unless it is done. */
  void fail(Throwable cause) {
    if (!isDone()) {
      done = true;
      events.accept(new SequenceFailed(cause));
    }
  }
}
