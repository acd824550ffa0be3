package rankine.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.common.io.JsonKind;
import rankine.engine.chat.ChatMessage;

/**
 * The body of {@code POST /v1/chat/completions}.
 *
 * @param messages one or more
 * @param maxTokens empty if absent: up to the end of the context
 * @param logprobs the number of alternatives to report at each token; empty for no
 *     log-probabilities
 */
record ChatRequest(
    Optional<String> model,
    List<ChatMessage> messages,
    OptionalInt maxTokens,
    SamplingFields sampling,
    OptionalInt logprobs,
    StreamFields stream) {
  private static final int MAX_MESSAGES = 10_000;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String CONTENT = "content";
  private static final String MESSAGES = "messages";

  static ChatRequest parse(byte[] body) {
    RequestFields fields = RequestFields.of(body);
    fields.unsupported("tools", JSON.arrayNode());
    fields.unsupported("functions", JSON.arrayNode());
    if (fields.isGiven("tool_choice")) {
      fields.required("tool_choice", JsonKind.oneOf(List.of("none", "auto")));
    }
    fields.optional("parallel_tool_calls", JsonKind.FLAG);
    fields.unsupported("response_format", JSON.objectNode().put("type", "text"));
    fields.unsupported("modalities", JSON.arrayNode().add("text"));
    boolean scored = fields.get("logprobs", JsonKind.FLAG, false);
    Optional<Integer> top =
        fields.optional("top_logprobs", JsonKind.integer(0, CompletionRequest.MAX_LOGPROBS));
    if (top.isPresent() && !scored) {
      throw fields.fault("top_logprobs", "it with logprobs true", "logprobs false");
    }
    ChatRequest request =
        new ChatRequest(
            fields.optional("model", JsonKind.STRING),
            messages(fields),
            maxTokens(fields),
            SamplingFields.read(fields),
            scored ? OptionalInt.of(top.orElse(0)) : OptionalInt.empty(),
            StreamFields.read(fields));
    fields.done();
    return request;
  }

  private static OptionalInt maxTokens(RequestFields fields) {
    JsonKind<Integer> kind = JsonKind.integer(1, Integer.MAX_VALUE);
    Optional<Integer> most = fields.optional("max_completion_tokens", kind);
    Optional<Integer> older = fields.optional("max_tokens", kind);
    if (most.isPresent() && older.isPresent()) {
      throw fields.fault("max_tokens", "it without max_completion_tokens", "both");
    }
    return most.or(() -> older).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  /** Reads the turns of a conversation. */
  static List<ChatMessage> messages(RequestFields fields) {
    List<ChatMessage> messages = new ArrayList<>();
    for (RequestFields message : fields.objects(MESSAGES)) {
      if (messages.size() == MAX_MESSAGES) {
        throw fields.fault(MESSAGES, "at most " + MAX_MESSAGES + " messages", "more");
      }
      messages.add(message(message));
    }
    if (messages.isEmpty()) {
      throw fields.fault(MESSAGES, "a list that is not empty", "an empty one");
    }
    return messages;
  }

  private static ChatMessage message(RequestFields message) {
    String role =
        message.required(
            "role", JsonKind.oneOf(List.of("system", "developer", "user", "assistant")));
    message.unsupported("tool_calls", JSON.arrayNode());
    ChatMessage found =
        new ChatMessage(role.equals("developer") ? "system" : role, content(message));
    message.done();
    return found;
  }

  /** Reads a text, or a list of parts that are texts. */
  private static String content(RequestFields message) {
    Optional<JsonNode> given = message.node(CONTENT);
    if (given.isEmpty() || !given.get().isArray()) {
      return message.required(CONTENT, JsonKind.STRING);
    }
    StringBuilder text = new StringBuilder();
    for (RequestFields part : message.objects(CONTENT)) {
      part.required("type", JsonKind.oneOf(List.of("text")));
      text.append(part.required("text", JsonKind.STRING));
      part.done();
    }
    return text.toString();
  }
}
