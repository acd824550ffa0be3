package rankine.engine.run;

import java.util.function.Consumer;

/**
 * The text that a model generated after a prompt.
 *
 * @param text the new text, without the prompt and without the stop string that ended it; empty for
 *     a checkpoint without a tokenizer
 * @param ids the new ids, with those of a stop string that ended the text
 * @param end why there is no more of it
 * @param speed how long it took
 */
public record GeneratedText(String text, int[] ids, TextEnd end, Speed speed) {
  /** Why a text ends. */
  public enum TextEnd {
    /** The model chose an id that ends texts. */
    END_OF_TEXT,
    /** The text reached a stop string. */
    STOP_STRING,
    /** It has the maximum of new tokens. */
    MAX_TOKENS,
    /** It fills the model's context. */
    CONTEXT
  }

  /**
   * How long a generation took.
   *
   * @param promptTokens tokens of the prompt
   * @param promptNanos until the first new token is known
   * @param tokens new tokens
   * @param nanos for the new tokens after the first
   */
  public record Speed(int promptTokens, long promptNanos, int tokens, long nanos) {
    /** Returns the new tokens per second after the first one, which the prompt's time includes. */
    public double tokensPerSecond() {
      return tokens < 2 ? 0 : (tokens - 1) * 1e9 / Math.max(nanos, 1);
    }
  }

  /**
   * Generates after {@code prompt} until an id that ends texts, a stop string, the model's context
   * or the limit.
   *
   * @param chunks receives the new text as it is generated, whole characters only
   */
  public static GeneratedText run(
      LoadedModel loaded, String prompt, GenerationConfig config, Consumer<String> chunks) {
    return run(loaded, PromptIds.of(loaded.tokenizer(), prompt), config, chunks);
  }

  /**
   * As {@link #run(LoadedModel, String, GenerationConfig, Consumer)}, for a prompt of ids. A
   * checkpoint without a tokenizer gives ids and no text.
   *
   * @param prompt at least one id
   */
  public static GeneratedText run(
      LoadedModel loaded, int[] prompt, GenerationConfig config, Consumer<String> chunks) {
    loaded.requireMemory(
        (long) prompt.length + config.maxTokens(), "a shorter prompt or a smaller --max-tokens");
    try (TextRun run = new TextRun(loaded, config, chunks)) {
      return run.after(prompt);
    }
  }

  /** One generation: its sequence, and the text so far. */
  private static final class TextRun implements AutoCloseable {
    private final LoadedModel loaded;
    private final GenerationConfig config;
    private final Consumer<String> chunks;
    private final GrowingSequence.Whole sequence;
    private final StringBuilder text = new StringBuilder();
    private long first;
    private boolean ended;

    TextRun(LoadedModel loaded, GenerationConfig config, Consumer<String> chunks) {
      this.loaded = loaded;
      this.config = config;
      this.chunks = chunks;
      sequence = new GrowingSequence.Whole(loaded);
    }

    GeneratedText after(int[] prompt) {
      long start = System.nanoTime();
      TextStream stream = new TextStream(loaded, prompt, config.stop());
      int[] ids = config.run(sequence, prompt, id -> ends(stream, id), id -> add(stream, id));
      long done = System.nanoTime();
      emit(stream.finish());
      long known = ids.length == 0 ? done : first;
      return new GeneratedText(
          text.toString(),
          ids,
          end(stream, ids.length),
          new Speed(prompt.length, known - start, ids.length, done - known));
    }

    private boolean ends(TextStream stream, int id) {
      ended = stream.isEnd(id);
      return ended;
    }

    private TextEnd end(TextStream stream, int tokens) {
      if (ended) {
        return TextEnd.END_OF_TEXT;
      }
      if (stream.isStopped()) {
        return TextEnd.STOP_STRING;
      }
      return tokens == config.maxTokens() ? TextEnd.MAX_TOKENS : TextEnd.CONTEXT;
    }

    /** Adds a new id; returns whether the text goes on. */
    private boolean add(TextStream stream, int id) {
      if (first == 0) {
        first = System.nanoTime();
      }
      emit(stream.add(id));
      return !stream.isStopped();
    }

    private void emit(String chunk) {
      if (!chunk.isEmpty()) {
        text.append(chunk);
        chunks.accept(chunk);
      }
    }

    @Override
    public void close() {
      sequence.close();
    }
  }
}
