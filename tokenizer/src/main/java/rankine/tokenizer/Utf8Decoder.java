package rankine.tokenizer;

/**
 * Incremental UTF-8 decoder: appends a character with its last byte. Replaces ill-formed bytes with
 * U+FFFD, either one for each maximal subpart of a character (as Unicode recommends) or one for
 * each byte (as SentencePiece does).
 */
final class Utf8Decoder {
  private static final char REPLACEMENT = '\uFFFD';

  private final boolean perByte;
  private int character;
  private int received;
  private int missing;
  private int low = 0x80;
  private int high = 0xBF;

  Utf8Decoder(boolean perByte) {
    this.perByte = perByte;
  }

  void add(int b, StringBuilder out) {
    if (missing > 0) {
      if (b >= low && b <= high) {
        character = (character << 6) | (b & 0x3F);
        received++;
        missing--;
        low = 0x80;
        high = 0xBF;
        if (missing == 0) {
          out.appendCodePoint(character);
          received = 0;
        }
        return;
      }
      end(out);
    }
    if (b < 0x80) {
      out.append((char) b);
    } else if (b >= 0xC2 && b <= 0xDF) {
      begin(b & 0x1F, 1);
    } else if (b >= 0xE0 && b <= 0xEF) {
      begin(b & 0xF, 2);
      low = b == 0xE0 ? 0xA0 : 0x80;
      high = b == 0xED ? 0x9F : 0xBF;
    } else if (b >= 0xF0 && b <= 0xF4) {
      begin(b & 0x7, 3);
      low = b == 0xF0 ? 0x90 : 0x80;
      high = b == 0xF4 ? 0x8F : 0xBF;
    } else {
      out.append(REPLACEMENT);
    }
  }

  /** Replaces an incomplete character. */
  void end(StringBuilder out) {
    for (int i = 0; i < (perByte ? received : Math.min(received, 1)); i++) {
      out.append(REPLACEMENT);
    }
    received = 0;
    missing = 0;
    low = 0x80;
    high = 0xBF;
  }

  private void begin(int bits, int more) {
    character = bits;
    missing = more;
    received = 1;
  }
}
