package rankine.tokenizer;

/** The state of {@link Decoder.StripStart} for one text. */
final class StripState implements Decoder.DecoderState {
  private final Decoder.DecoderState next;
  private final String content;
  private int remaining;

  StripState(Decoder.DecoderState next, String content, int count) {
    this.next = next;
    this.content = content;
    this.remaining = count;
  }

  @Override
  public void token(String token, boolean added) {
    int from = 0;
    while (remaining > 0 && token.startsWith(content, from)) {
      from += content.length();
      remaining--;
    }
    if (from < token.length()) {
      remaining = 0;
      next.token(token.substring(from), added);
    }
  }

  @Override
  public void end() {
    next.end();
  }
}
