package rankine.engine.run;

import java.util.function.Consumer;
import java.util.function.IntPredicate;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;
import rankine.tokenizer.StreamingDecoder;
import rankine.tokenizer.Tokenizer;

/**
 * The text that a model generated after a prompt.
 *
 * @param text the new text, without the prompt
 * @param ids the new ids
 */
public record GeneratedText(String text, int[] ids) {

  /**
   * Generates after {@code prompt} until the tokenizer's EOS, the model's context or the limit.
   *
   * @param chunks receives the new text as it is generated, whole characters only
   */
  public static GeneratedText run(
      LoadedModel loaded, String prompt, GenerationConfig config, Consumer<String> chunks) {
    Tokenizer tokenizer = loaded.tokenizer();
    int[] ids = PromptIds.of(tokenizer, prompt);
    loaded.requireMemory(
        (long) ids.length + config.maxTokens(), "a shorter prompt or a smaller --max-tokens");
    StreamingDecoder decoder = tokenizer.streamingDecoder();
    for (int id : ids) {
      decoder.feed(id); // its output, the prompt's own text, is dropped
    }
    IntPredicate stop = id -> tokenizer.eosId().isPresent() && tokenizer.eosId().getAsInt() == id;
    StringBuilder text = new StringBuilder();
    int[] newIds;
    try (Session session = loaded.session();
        KvCache cache = session.sequence()) {
      newIds = config.run(session, cache, ids, stop, id -> emit(decoder.feed(id), text, chunks));
    }
    emit(decoder.finish(), text, chunks);
    return new GeneratedText(text.toString(), newIds);
  }

  private static void emit(String chunk, StringBuilder text, Consumer<String> chunks) {
    if (!chunk.isEmpty()) {
      text.append(chunk);
      chunks.accept(chunk);
    }
  }
}
