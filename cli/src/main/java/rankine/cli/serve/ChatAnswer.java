package rankine.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import rankine.engine.run.TokenTexts;
import rankine.engine.serving.ScoreOptions;
import rankine.engine.serving.ScoredToken;
import rankine.engine.serving.ScoredToken.TokenAlternative;
import rankine.engine.serving.SequenceEvent;
import rankine.engine.serving.SequenceEvent.PromptComputed;
import rankine.engine.serving.SequenceEvent.SequenceEnded;
import rankine.engine.serving.SequenceEvent.SequenceFailed;
import rankine.engine.serving.SequenceEvent.TokenAdded;
import rankine.engine.serving.SequenceRequest;

/** Answers {@code POST /v1/chat/completions}, whole or as a stream. */
final class ChatAnswer implements AnswerRun.AnswerWriter {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ServedModel model;
  private final TokenTexts texts;
  private final ApiExchange exchange;
  private final ChatRequest request;
  private final String id = "chatcmpl-" + UUID.randomUUID();
  private final long created = Instant.now().getEpochSecond();
  private final SequenceRequest sequence;
  private final TokenUsage usage;

  private final StringBuilder text = new StringBuilder();
  private ArrayNode scores = JSON.arrayNode();
  private String finish;

  ChatAnswer(ServedModel model, TokenTexts texts, ChatRequest request, ApiExchange exchange) {
    this.model = model;
    this.texts = texts;
    this.exchange = exchange;
    this.request = request;
    int[] ids = model.ids(request.messages(), true);
    int most = model.maxTokens("messages", ids.length, request.maxTokens(), Integer.MAX_VALUE);
    if (most == 0) {
      throw ApiException.tooLong(
          "messages",
          "messages: expected fewer than %d tokens (the context), found %d"
              .formatted(model.scheduler().contextLength(), ids.length));
    }
    this.sequence =
        new SequenceRequest(
            ids,
            request.sampling().config(most),
            request.logprobs().isPresent()
                ? Optional.of(new ScoreOptions(false, request.logprobs().getAsInt()))
                : Optional.empty());
    this.usage = new TokenUsage(ids.length);
  }

  /** Runs the request and writes its answer. */
  void run(Duration most) throws IOException {
    if (!request.stream().stream()) {
      AnswerRun.run(model.scheduler(), List.of(sequence), most, this);
      model.requireUnchanged();
      ObjectNode answer = document("chat.completion");
      ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
      choice
          .putObject("message")
          .put("role", "assistant")
          .put("content", text.toString())
          .putNull("refusal");
      putEnd(choice, finish);
      usage.putIn(answer);
      exchange.send(200, answer);
      return;
    }
    exchange.useEvents();
    AnswerRun.run(model.scheduler(), List.of(sequence), most, this);
    model.requireUnchanged();
    if (request.stream().usage()) {
      ObjectNode last = document("chat.completion.chunk");
      last.putArray("choices");
      usage.putIn(last);
      exchange.event(last);
    }
    exchange.endEvents();
  }

  @Override
  public void event(int index, SequenceEvent event) throws IOException {
    usage.add(event);
    switch (event) {
      case TokenAdded(int _, Optional<ScoredToken> score, String added) -> {
        text.append(added);
        score.ifPresent(s -> scores.add(scored(s)));
      }
      case SequenceEnded(SequenceEvent.EndReason reason, String rest) -> {
        text.append(rest);
        finish = reason.name().toLowerCase(Locale.ROOT);
      }
      case PromptComputed _ -> {
        if (request.stream().stream()) {
          sendDelta(JSON.objectNode().put("role", "assistant").put("content", ""), null);
        }
      }
      case SequenceFailed _ -> {}
    }
    if (request.stream().stream() && (!text.isEmpty() || !scores.isEmpty() || finish != null)) {
      sendParts();
    }
  }

  /** Sends the text so far, and the reason of the end, each as an event. */
  private void sendParts() throws IOException {
    if (!text.isEmpty() || !scores.isEmpty()) {
      sendDelta(JSON.objectNode().put("content", text.toString()), null);
      text.setLength(0);
      scores = JSON.arrayNode();
    }
    if (finish != null) {
      sendDelta(JSON.objectNode(), finish);
    }
  }

  /**
   * @param reason of the end; null before it
   */
  private void sendDelta(ObjectNode delta, String reason) throws IOException {
    ObjectNode chunk = document("chat.completion.chunk");
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    putEnd(choice, reason);
    exchange.event(chunk);
  }

  private void putEnd(ObjectNode choice, String reason) {
    if (request.logprobs().isPresent()) {
      ObjectNode logprobs = choice.putObject("logprobs");
      logprobs.set("content", scores);
      logprobs.putNull("refusal");
    } else {
      choice.putNull("logprobs");
    }
    choice.put("finish_reason", reason);
  }

  private ObjectNode scored(ScoredToken score) {
    ObjectNode json = token(score.id(), score.logProbability().orElseThrow());
    ArrayNode top = json.putArray("top_logprobs");
    for (TokenAlternative alternative : score.alternatives()) {
      top.add(token(alternative.id(), alternative.logProbability()));
    }
    return json;
  }

  private ObjectNode token(int token, double logProbability) {
    ObjectNode json = JSON.objectNode().put("token", texts.of(token));
    json.put("logprob", logProbability);
    Optional<byte[]> bytes = texts.bytes(token);
    if (bytes.isEmpty()) {
      return json.putNull("bytes");
    }
    ArrayNode array = json.putArray("bytes");
    for (byte b : bytes.get()) {
      array.add(b & 0xff);
    }
    return json;
  }

  @Override
  public void waiting() throws IOException {
    exchange.keepAlive();
  }

  private ObjectNode document(String object) {
    return JSON.objectNode()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model.name());
  }
}
