package rankine.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import rankine.cli.serve.CompletionChoice.EchoedPrompt;
import rankine.cli.serve.CompletionRequest.PromptField;
import rankine.engine.run.TokenTexts;
import rankine.engine.serving.ScoreOptions;
import rankine.engine.serving.SequenceEvent;
import rankine.engine.serving.SequenceRequest;
import rankine.tokenizer.Tokenizer;

/** Answers {@code POST /v1/completions}: one choice per prompt, whole or as a stream. */
final class CompletionAnswer implements AnswerRun.AnswerWriter {
  /** Most log-probabilities in one answer, which bounds its memory. */
  private static final long MAX_SCORES = 1_000_000;

  private final ServedModel model;
  private final ApiExchange exchange;
  private final CompletionRequest request;
  private final String id = "cmpl-" + UUID.randomUUID();
  private final long created = Instant.now().getEpochSecond();
  private final List<SequenceRequest> sequences = new ArrayList<>();
  private final List<CompletionChoice> choices = new ArrayList<>();
  private final TokenUsage usage;

  CompletionAnswer(
      ServedModel model, TokenTexts texts, CompletionRequest request, ApiExchange exchange) {
    this.model = model;
    this.exchange = exchange;
    this.request = request;
    Optional<ScoreOptions> scores =
        request.logprobs().isPresent()
            ? Optional.of(new ScoreOptions(request.echo(), request.logprobs().getAsInt()))
            : Optional.empty();
    if (!request.sampling().stop().isEmpty() && !model.loaded().hasTokenizer()) {
      throw ApiException.invalid(
          "stop", "stop: expected none for a checkpoint without a tokenizer, found texts");
    }
    int tokens = 0;
    long scored = 0;
    for (PromptField prompt : request.prompts()) {
      int[] ids = model.ids(prompt);
      int maxTokens =
          model.maxTokens(
              "prompt", ids.length, request.maxTokens(), CompletionRequest.DEFAULT_MAX_TOKENS);
      Optional<EchoedPrompt> echo =
          request.echo() ? Optional.of(echoed(prompt, ids)) : Optional.empty();
      choices.add(new CompletionChoice(choices.size(), texts, ids, echo, request));
      sequences.add(new SequenceRequest(ids, request.sampling().config(maxTokens), scores));
      tokens += ids.length;
      scored +=
          (maxTokens + (request.echo() ? ids.length : 0L)) * (1 + request.logprobs().orElse(0));
    }
    if (scores.isPresent() && scored > MAX_SCORES) {
      throw ApiException.invalid(
          "logprobs",
          "logprobs: expected at most %,d log-probabilities in one answer, found up to %,d"
              .formatted(MAX_SCORES, scored));
    }
    this.usage = new TokenUsage(tokens);
  }

  private EchoedPrompt echoed(PromptField prompt, int[] ids) {
    return switch (prompt) {
      case PromptField.TextPrompt(String text) -> {
        Tokenizer tokenizer = model.loaded().tokenizer();
        boolean added = tokenizer.addsBos() && tokenizer.bosId().isPresent();
        yield new EchoedPrompt(text, ids, added ? 1 : 0);
      }
      case PromptField.IdsPrompt _ -> new EchoedPrompt(decoded(ids), ids, 0);
    };
  }

  private String decoded(int[] ids) {
    return model.loaded().hasTokenizer()
        ? TokenizerAnswers.decoded(model.loaded().tokenizer(), ids)
        : "";
  }

  /** Runs the request and writes its answer. */
  void run(Duration most) throws IOException {
    if (request.stream().stream()) {
      exchange.useEvents();
    }
    AnswerRun.run(model.scheduler(), sequences, most, this);
    model.requireUnchanged();
    if (request.stream().stream()) {
      if (request.stream().usage()) {
        ObjectNode last = document();
        last.putArray("choices");
        usage.putIn(last);
        exchange.event(last);
      }
      exchange.endEvents();
    } else {
      ObjectNode answer = document();
      ArrayNode all = answer.putArray("choices");
      choices.forEach(choice -> all.add(choice.take()));
      usage.putIn(answer);
      exchange.send(200, answer);
    }
  }

  @Override
  public void event(int index, SequenceEvent event) throws IOException {
    usage.add(event);
    CompletionChoice choice = choices.get(index);
    if (choice.add(event) && request.stream().stream()) {
      ObjectNode chunk = document();
      chunk.putArray("choices").add(choice.take());
      exchange.event(chunk);
    }
  }

  @Override
  public void waiting() throws IOException {
    exchange.keepAlive();
  }

  private ObjectNode document() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", "text_completion")
        .put("created", created)
        .put("model", model.name());
  }
}
