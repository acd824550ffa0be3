package rankine.tokenizer;

import java.nio.charset.StandardCharsets;

/** The state of {@link Decoder.ByteLevelDecoder} for one text. */
final class ByteLevelState implements Decoder.DecoderState {
  private final Decoder.DecoderState next;
  private final Utf8Decoder utf8 = new Utf8Decoder(false);
  private final StringBuilder text = new StringBuilder();

  ByteLevelState(Decoder.DecoderState next) {
    this.next = next;
  }

  @Override
  public void token(String token, boolean added) {
    if (!added && isAlphabet(token)) {
      for (int i = 0; i < token.length(); i++) {
        utf8.add(ByteAlphabet.toByte(token.charAt(i)), text);
      }
    } else {
      for (byte b : token.getBytes(StandardCharsets.UTF_8)) {
        utf8.add(b & 0xFF, text);
      }
    }
    flush();
  }

  @Override
  public void end() {
    utf8.end(text);
    flush();
    next.end();
  }

  private void flush() {
    if (!text.isEmpty()) {
      next.token(text.toString(), false);
      text.setLength(0);
    }
  }

  private static boolean isAlphabet(String token) {
    for (int i = 0; i < token.length(); i++) {
      if (ByteAlphabet.toByte(token.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }
}
