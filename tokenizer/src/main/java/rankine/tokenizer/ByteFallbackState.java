package rankine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The state of {@link Decoder.ByteFallbackDecoder} for one text. */
final class ByteFallbackState implements Decoder.DecoderState {
  private final Decoder.DecoderState next;
  private final boolean wholeRuns;
  private final Utf8Decoder utf8 = new Utf8Decoder(true);
  private final StringBuilder text = new StringBuilder();
  private final IntList run = new IntList();

  ByteFallbackState(Decoder.DecoderState next, boolean wholeRuns) {
    this.next = next;
    this.wholeRuns = wholeRuns;
  }

  @Override
  public void token(String token, boolean added) {
    int b = byteOf(token);
    if (b < 0) {
      endRun();
      next.token(token, added);
    } else if (wholeRuns) {
      run.add(b);
    } else {
      utf8.add(b, text);
      flush();
    }
  }

  @Override
  public void end() {
    endRun();
    next.end();
  }

  private void endRun() {
    utf8.end(text);
    if (run.size() > 0) {
      ByteBuffer bytes = ByteBuffer.allocate(run.size());
      for (int i = 0; i < run.size(); i++) {
        bytes.put((byte) run.get(i));
      }
      try {
        text.append(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()));
      } catch (CharacterCodingException e) {
        text.repeat('\uFFFD', run.size());
      }
      run.clear();
    }
    flush();
  }

  private void flush() {
    if (!text.isEmpty()) {
      next.token(text.toString(), false);
      text.setLength(0);
    }
  }

  /** The byte NN of a {@code <0xNN>} token; -1 for any other token. */
  private static int byteOf(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
      return -1;
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return token.charAt(3) > 'f' || token.charAt(4) > 'f' || high < 0 || low < 0
        ? -1
        : 16 * high + low;
  }
}
