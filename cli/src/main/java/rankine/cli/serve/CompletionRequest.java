package rankine.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rankine.common.io.JsonKind;
import rankine.common.io.JsonObject;

/**
 * The body of {@code POST /v1/completions}.
 *
 * @param prompts one or more
 * @param maxTokens empty if absent
 * @param logprobs the number of alternatives to report at each token; empty for no
 *     log-probabilities
 * @param echo whether the answer begins with the prompt
 */
record CompletionRequest(
    Optional<String> model,
    List<PromptField> prompts,
    OptionalInt maxTokens,
    SamplingFields sampling,
    OptionalInt logprobs,
    boolean echo,
    StreamFields stream,
    boolean tokenIds) {
  /** New tokens where {@code max_tokens} is absent, as OpenAI's. */
  static final int DEFAULT_MAX_TOKENS = 16;

  /** Most alternatives at a token. */
  static final int MAX_LOGPROBS = 20;

  private static final int MAX_PROMPTS = 1024;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String PROMPT = "prompt";

  /** A prompt, as text or as ids. */
  sealed interface PromptField {
    /** A text, to be encoded as {@code generate --prompt} does. */
    record TextPrompt(String text) implements PromptField {}

    /** Ids, to which nothing is added. */
    record IdsPrompt(int[] ids) implements PromptField {}
  }

  static CompletionRequest parse(byte[] body) {
    RequestFields fields = RequestFields.of(body);
    fields.unsupported("suffix", NullNode.getInstance());
    fields.unsupported("best_of", JSON.numberNode(1));
    Optional<Integer> logprobs = fields.optional("logprobs", JsonKind.integer(0, MAX_LOGPROBS));
    Optional<Integer> maxTokens =
        fields.optional("max_tokens", JsonKind.integer(0, Integer.MAX_VALUE));
    CompletionRequest request =
        new CompletionRequest(
            fields.optional("model", JsonKind.STRING),
            prompts(fields),
            maxTokens.map(OptionalInt::of).orElse(OptionalInt.empty()),
            SamplingFields.read(fields),
            logprobs.map(OptionalInt::of).orElse(OptionalInt.empty()),
            fields.get("echo", JsonKind.FLAG, false),
            StreamFields.read(fields),
            fields.get("return_token_ids", JsonKind.FLAG, false));
    fields.done();
    return request;
  }

  /** Reads a text, ids, a list of texts or a list of lists of ids. */
  private static List<PromptField> prompts(RequestFields fields) {
    JsonNode given = fields.node(PROMPT).orElse(NullNode.getInstance());
    if (given.isTextual()) {
      return List.of(new PromptField.TextPrompt(fields.required(PROMPT, JsonKind.STRING)));
    }
    if (!given.isArray() || given.isEmpty()) {
      throw fields.fault(
          PROMPT,
          "a text, a list of ids, or a list of either that is not empty",
          JsonObject.shown(given));
    }
    if (given.size() > MAX_PROMPTS && !given.get(0).isNumber()) {
      throw fields.fault(PROMPT, "at most " + MAX_PROMPTS + " prompts", given.size() + " prompts");
    }
    if (given.get(0).isTextual()) {
      List<PromptField> texts = new ArrayList<>();
      for (String text : fields.list(PROMPT, JsonKind.STRING)) {
        texts.add(new PromptField.TextPrompt(text));
      }
      return List.copyOf(texts);
    }
    if (given.get(0).isNumber()) {
      return List.of(ids(fields, given));
    }
    List<PromptField> lists = new ArrayList<>();
    for (JsonNode list : given) {
      lists.add(ids(fields, list));
    }
    return List.copyOf(lists);
  }

  private static PromptField ids(RequestFields fields, JsonNode list) {
    if (!list.isArray() || list.isEmpty()) {
      throw fields.fault(PROMPT, "lists of ids that are not empty", JsonObject.shown(list));
    }
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = list.get(i);
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        throw fields.fault(PROMPT, "token ids", JsonObject.shown(id));
      }
      ids[i] = id.intValue();
    }
    return new PromptField.IdsPrompt(ids);
  }
}
