package rankine.engine.run;

import java.util.function.Consumer;
import java.util.function.IntPredicate;
import rankine.engine.model.Session;
import rankine.kernels.KvCache;
import rankine.tokenizer.StreamingDecoder;
import rankine.tokenizer.Tokenizer;

/**
 * A continued text.
 *
 * @param text what follows the prompt
 * @param ids its ids
 */
public record TextGeneration(String text, int[] ids) {

  /**
   * Continues {@code prompt} until the tokenizer's EOS, the model's context or the limit.
   *
   * @param pieces hears of the new text as it comes, whole characters only
   */
  public static TextGeneration run(
      LoadedModel loaded, String prompt, Generation how, Consumer<String> pieces) {
    Tokenizer tokenizer = loaded.tokenizer();
    int[] ids = PromptIds.of(tokenizer, prompt);
    StreamingDecoder decoder = tokenizer.streamingDecoder();
    for (int id : ids) {
      decoder.feed(id); // the prompt's own text is known
    }
    IntPredicate stop = id -> tokenizer.eosId().isPresent() && tokenizer.eosId().getAsInt() == id;
    StringBuilder text = new StringBuilder();
    int[] added;
    try (Session session = loaded.session();
        KvCache cache = session.sequence()) {
      added = how.run(session, cache, ids, stop, id -> pass(decoder.feed(id), text, pieces));
    }
    pass(decoder.finish(), text, pieces);
    return new TextGeneration(text.toString(), added);
  }

  private static void pass(String piece, StringBuilder text, Consumer<String> pieces) {
    if (!piece.isEmpty()) {
      text.append(piece);
      pieces.accept(piece);
    }
  }
}
