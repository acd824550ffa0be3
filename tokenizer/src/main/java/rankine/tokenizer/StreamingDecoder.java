package rankine.tokenizer;

/**
 * Incremental decoder for generation. If the bytes of the ids are valid UTF-8, the returned strings
 * concatenate to {@link Tokenizer#decode} of the ids. Holds back an incomplete character. Drops the
 * tokenizer's dummy prefix (a space) at the start of the text only: to continue a prompt, feed its
 * ids first and discard their output. Not thread-safe.
 */
public final class StreamingDecoder {
  private final BpeTokenizer tokenizer;
  private final StringBuilder out = new StringBuilder();
  private final Decoder.DecoderState state;
  private boolean finished;

  StreamingDecoder(BpeTokenizer tokenizer, Decoder decoder) {
    this.tokenizer = tokenizer;
    this.state = decoder.start(out, true);
  }

  /**
   * Decodes the next id.
   *
   * @return the text that this id completes; may be empty
   * @throws IllegalArgumentException for an id outside the vocabulary
   * @throws IllegalStateException after {@link #finish}
   */
  public String feed(int id) {
    requireOpen();
    tokenizer.feed(id, state);
    return take();
  }

  /**
   * Ends the text.
   *
   * @return the text held back, with U+FFFD for an incomplete character
   * @throws IllegalStateException when called again
   */
  public String finish() {
    requireOpen();
    finished = true;
    state.end();
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
