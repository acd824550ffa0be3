package rankine.engine.run;

import java.util.List;
import java.util.Set;
import rankine.common.ModelException;
import rankine.tokenizer.StreamingDecoder;
import rankine.tokenizer.Tokenizer;

/**
 * The text of the ids that a model generates after a prompt: whole characters only, up to the first
 * stop string. A checkpoint without a tokenizer has no text. Not thread-safe.
 */
public final class TextStream {
  private final Set<Integer> ends;
  private final int eos;
  private final StopStrings stops;

  /** Null without a tokenizer. */
  private final StreamingDecoder decoder;

  /**
   * One more than the largest id with a text: a model may have more ids than its tokenizer. Those,
   * and ids that the model will refuse, have none.
   */
  private final int vocabSize;

  /**
   * The text after {@code prompt}.
   *
   * @param stop texts that end it, none of them empty
   * @throws ModelException for a stop text where the checkpoint has no tokenizer
   */
  public TextStream(LoadedModel loaded, int[] prompt, List<String> stop) {
    this.ends = loaded.endIds();
    this.stops = new StopStrings(stop);
    if (loaded.hasTokenizer()) {
      Tokenizer tokenizer = loaded.tokenizer();
      decoder = tokenizer.streamingDecoder();
      vocabSize = tokenizer.vocabSize();
      eos = tokenizer.eosId().orElse(-1);
    } else if (stop.isEmpty()) {
      decoder = null;
      vocabSize = 0;
      eos = -1;
    } else {
      throw new ModelException(
          "stop: expected a checkpoint with a tokenizer, found none in "
              + loaded.checkpoint().directory());
    }
    for (int id : prompt) {
      decode(id); // its output, the prompt's own text, is dropped
    }
  }

  /** Returns whether {@code id} ends a text; it is not part of it. */
  public boolean isEnd(int id) {
    return ends.contains(id) || id == eos;
  }

  /** Adds a new id; returns the text that is certain with it, which may be empty. */
  public String add(int id) {
    return stops.feed(decode(id));
  }

  /** Returns whether the text has reached a stop string. */
  public boolean isStopped() {
    return stops.found();
  }

  /** Ends the text; returns what was held back. */
  public String finish() {
    if (isStopped()) {
      return "";
    }
    String last = stops.feed(decoder == null ? "" : decoder.finish());
    return last + stops.finish();
  }

  private String decode(int id) {
    return id >= 0 && id < vocabSize ? decoder.feed(id) : "";
  }
}
