package rankine.tokenizer;

/**
 * Text from ids as they come, for generation. The pieces of text, joined, are {@link
 * Tokenizer#decode} of the ids, as far as the ids' bytes are UTF-8. A character that is not
 * complete is held back; a space that the tokenizer puts before a text is dropped at the very
 * beginning only, so to go on from a prompt feed its ids first and pass over what they yield. For
 * one thread.
 */
public final class StreamingDecoder {
  private final BpeTokenizer tokenizer;
  private final StringBuilder out = new StringBuilder();
  private final Decoder.DecoderState stage;
  private boolean finished;

  StreamingDecoder(BpeTokenizer tokenizer, Decoder decoder) {
    this.tokenizer = tokenizer;
    this.stage = decoder.start(out, true);
  }

  /**
   * Takes the next id.
   *
   * @return the text that it completes; empty where none is complete
   * @throws IllegalArgumentException for an id outside the vocabulary
   * @throws IllegalStateException after {@link #finish}
   */
  public String feed(int id) {
    requireOpen();
    tokenizer.feed(id, stage);
    return take();
  }

  /**
   * Ends the text.
   *
   * @return what was held back, with U+FFFD for a character that was never completed
   * @throws IllegalStateException when called again
   */
  public String finish() {
    requireOpen();
    finished = true;
    stage.end();
    return take();
  }

  private void requireOpen() {
    if (finished) {
      throw new IllegalStateException("this text has been finished");
    }
  }

  private String take() {
    String text = out.toString();
    out.setLength(0);
    return text;
  }
}
