package rankine.tokenizer;

/** The state of {@link Decoder.StripStart} in one text. */
final class StripStage implements Decoder.DecoderState {
  private final Decoder.DecoderState next;
  private final String content;
  private int left;

  StripStage(Decoder.DecoderState next, String content, int count) {
    this.next = next;
    this.content = content;
    this.left = count;
  }

  @Override
  public void token(String token, boolean added) {
    int from = 0;
    while (left > 0 && token.startsWith(content, from)) {
      from += content.length();
      left--;
    }
    if (from < token.length()) {
      left = 0;
      next.token(token.substring(from), added);
    }
  }

  @Override
  public void end() {
    next.end();
  }
}
