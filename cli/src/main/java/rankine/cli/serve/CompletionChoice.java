package rankine.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.engine.run.TokenTexts;
import rankine.engine.run.TokenTexts.TokenOffsets;
import rankine.engine.serving.ScoredToken;
import rankine.engine.serving.ScoredToken.TokenAlternative;
import rankine.engine.serving.SequenceEvent;
import rankine.engine.serving.SequenceEvent.PromptComputed;
import rankine.engine.serving.SequenceEvent.SequenceEnded;
import rankine.engine.serving.SequenceEvent.SequenceFailed;
import rankine.engine.serving.SequenceEvent.TokenAdded;

/**
 * The answer to one prompt of {@code /v1/completions}: what has happened since it was last taken, a
 * part of a stream, or from the start, the whole.
 */
final class CompletionChoice {
  private final int index;
  private final TokenTexts texts;
  private final TokenOffsets offsets;

  /** The text and ids of the prompt that the answer begins with; empty without {@code echo}. */
  private final Optional<EchoedPrompt> echo;

  private final boolean scored;
  private final boolean tokenIds;
  private ChoicePart part = new ChoicePart();

  /**
   * From where a decoder puts the continuation to where the answer does; empty before its first
   * token. They differ where the prompt's text is not that of its ids, as at a special token.
   */
  private OptionalInt shift = OptionalInt.empty();

  /**
   * A prompt that an answer repeats.
   *
   * @param text as it was given, or of its ids
   * @param hidden the ids at its start that its text does not show: a BOS that was added
   */
  record EchoedPrompt(String text, int[] ids, int hidden) {
    boolean isShown() {
      return ids.length > hidden;
    }
  }

  /** What was not taken yet. */
  private static final class ChoicePart {
    private final StringBuilder text = new StringBuilder();
    private final ArrayNode tokens = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode logProbabilities = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode alternatives = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode offsets = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode ids = JsonNodeFactory.instance.arrayNode();
    private String finish;

    boolean isEmpty() {
      return text.isEmpty() && tokens.isEmpty() && ids.isEmpty() && finish == null;
    }
  }

  /**
   * @param prompt the ids of the prompt
   * @param echo the prompt as the answer repeats it; empty if it does not
   */
  CompletionChoice(
      int index, TokenTexts texts, int[] prompt, Optional<EchoedPrompt> echo, CompletionRequest r) {
    this.index = index;
    this.texts = texts;
    this.echo = echo;
    this.offsets =
        texts.offsetsAfter(echo.filter(EchoedPrompt::isShown).isPresent() ? new int[0] : prompt);
    this.scored = r.logprobs().isPresent();
    this.tokenIds = r.tokenIds();
  }

  /** Adds an event; returns whether a stream should show it now. */
  boolean add(SequenceEvent event) {
    switch (event) {
      case PromptComputed(List<ScoredToken> scores, int _) ->
          echo.ifPresent(prompt -> addPrompt(prompt, scores));
      case TokenAdded(int id, Optional<ScoredToken> score, String text) -> {
        part.text.append(text);
        if (tokenIds) {
          part.ids.add(id);
        }
        score.ifPresent(s -> addScore(s, continued(offsets.next(id))));
      }
      case SequenceEnded(SequenceEvent.EndReason reason, String rest) -> {
        part.text.append(rest);
        part.finish = reason.name().toLowerCase(Locale.ROOT);
      }
      case SequenceFailed _ -> {}
    }
    return !part.isEmpty();
  }

  private int continued(int offset) {
    if (shift.isEmpty()) {
      shift =
          OptionalInt.of(
              echo.map(EchoedPrompt::text)
                  .map(t -> t.codePointCount(0, t.length()) - offset)
                  .orElse(0));
    }
    return offset + shift.getAsInt();
  }

  private void addPrompt(EchoedPrompt prompt, List<ScoredToken> scores) {
    part.text.append(prompt.text);
    for (int i = 0; i < prompt.ids.length; i++) {
      int offset = i < prompt.hidden ? 0 : offsets.next(prompt.ids[i]);
      if (scored) {
        addScore(scores.get(i), offset);
      }
    }
  }

  private void addScore(ScoredToken score, int offset) {
    part.tokens.add(texts.of(score.id()));
    part.offsets.add(offset);
    if (score.logProbability().isEmpty()) {
      part.logProbabilities.addNull();
      part.alternatives.addNull();
      return;
    }
    double own = score.logProbability().getAsDouble();
    part.logProbabilities.add(own);
    ObjectNode best = part.alternatives.addObject();
    for (TokenAlternative alternative : score.alternatives()) {
      best.putIfAbsent(
          texts.of(alternative.id()),
          JsonNodeFactory.instance.numberNode(alternative.logProbability()));
    }
    best.putIfAbsent(texts.of(score.id()), JsonNodeFactory.instance.numberNode(own));
  }

  /** Returns what was added since the last call, as an element of {@code choices}. */
  ObjectNode take() {
    ChoicePart taken = part;
    part = new ChoicePart();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("index", index).put("text", taken.text.toString());
    if (scored) {
      ObjectNode logprobs = json.putObject("logprobs");
      logprobs.set("tokens", taken.tokens);
      logprobs.set("token_logprobs", taken.logProbabilities);
      logprobs.set("top_logprobs", taken.alternatives);
      logprobs.set("text_offset", taken.offsets);
    } else {
      json.putNull("logprobs");
    }
    json.put("finish_reason", taken.finish);
    if (tokenIds) {
      json.set("token_ids", taken.ids);
    }
    return json;
  }
}
