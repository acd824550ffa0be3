package rankine.cli.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import rankine.common.RankineException;
import rankine.common.TokenizerException;
import rankine.common.io.JsonKind;
import rankine.tokenizer.Tokenizer;

/**
 * Answers {@code /tokenize}, {@code /detokenize} and {@code /tokenizer_info}, with the fields of
 * vLLM ({@code prompt}, {@code messages}) and of llama.cpp ({@code content}).
 */
final class TokenizerAnswers {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String PROMPT = "prompt";
  private static final String CONTENT = "content";
  private static final String MESSAGES = "messages";

  private TokenizerAnswers() {}

  /** Returns the ids of a text or a conversation. */
  static ObjectNode tokenize(ServedModel model, byte[] body) {
    RequestFields fields = RequestFields.of(body);
    model.require(fields.optional("model", JsonKind.STRING));
    boolean shown = fields.get("return_token_strs", JsonKind.FLAG, false);
    int[] ids = ids(model, fields);
    fields.done();
    ObjectNode json = JSON.objectNode();
    json.put("count", ids.length);
    json.put("max_model_len", model.scheduler().contextLength());
    json.putPOJO("tokens", ids); // a fifth of the memory of an array of nodes
    if (!shown) {
      return json.putNull("token_strs");
    }
    ArrayNode pieces = json.putArray("token_strs");
    for (int id : ids) {
      pieces.add(model.loaded().tokenizer().piece(id));
    }
    return json;
  }

  private static int[] ids(ServedModel model, RequestFields fields) {
    List<String> given =
        List.of(PROMPT, CONTENT, MESSAGES).stream().filter(fields::isGiven).toList();
    if (given.size() != 1) {
      throw fields.fault(
          PROMPT,
          "one of prompt, content, messages",
          given.isEmpty() ? "none" : String.join(", ", given));
    }
    String field = given.getFirst();
    if (field.equals(MESSAGES)) {
      boolean open = fields.get("add_generation_prompt", JsonKind.FLAG, true);
      return model.ids(ChatRequest.messages(fields), open);
    }
    String text = fields.required(field, JsonKind.STRING);
    boolean special =
        field.equals(PROMPT)
            ? fields.get("add_special_tokens", JsonKind.FLAG, true)
            : fields.get("add_special", JsonKind.FLAG, false);
    try {
      Tokenizer tokenizer = model.loaded().tokenizer();
      return special ? tokenizer.encodeWithSpecialTokens(text) : tokenizer.encode(text);
    } catch (RankineException e) {
      throw ApiException.invalid(field, e.getMessage());
    }
  }

  /** Returns the text of ids. */
  static ObjectNode detokenize(ServedModel model, byte[] body) {
    RequestFields fields = RequestFields.of(body);
    model.require(fields.optional("model", JsonKind.STRING));
    int vocabSize = model.loaded().model().config().vocabSize();
    int[] ids =
        fields.list("tokens", JsonKind.integer(0, vocabSize - 1)).stream()
            .mapToInt(Integer::intValue)
            .toArray();
    fields.done();
    String text;
    try {
      text = decoded(model.loaded().tokenizer(), ids);
    } catch (RankineException e) {
      throw ApiException.invalid("tokens", e.getMessage());
    }
    return JSON.objectNode().put(PROMPT, text).put(CONTENT, text);
  }

  /** Decodes ids; a model may have more than its tokenizer, and those have no text. */
  static String decoded(Tokenizer tokenizer, int[] ids) {
    int[] known = Arrays.stream(ids).filter(id -> id < tokenizer.vocabSize()).toArray();
    return tokenizer.decode(known);
  }

  /** Returns what a client needs to build prompts: special tokens and the chat template. */
  static ObjectNode info(ServedModel model) {
    Tokenizer tokenizer;
    try {
      tokenizer = model.loaded().tokenizer();
    } catch (RankineException e) {
      throw ApiException.malformed(e.getMessage());
    }
    ObjectNode json = JSON.objectNode();
    json.put("bos_token", piece(tokenizer, tokenizer.bosId()));
    json.put("eos_token", piece(tokenizer, tokenizer.eosId()));
    json.putNull("pad_token");
    json.put("add_bos_token", tokenizer.addsBos());
    json.put("add_eos_token", tokenizer.addsEos());
    json.put("vocab_size", tokenizer.vocabSize());
    json.put("model_max_length", model.scheduler().contextLength());
    try {
      return json.put("chat_template", model.loaded().chatTemplate().template());
    } catch (TokenizerException e) {
      return json.putNull("chat_template"); // none, or one that a chat refuses by name
    }
  }

  private static String piece(Tokenizer tokenizer, OptionalInt id) {
    return id.isPresent() ? tokenizer.piece(id.getAsInt()) : null;
  }
}
