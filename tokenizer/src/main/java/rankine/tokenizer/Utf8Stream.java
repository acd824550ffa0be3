package rankine.tokenizer;

/**
 * Bytes to text as they come: a character is appended as soon as its last byte is there. What is
 * not UTF-8 becomes U+FFFD, either one for each longest beginning of a character (as Unicode
 * recommends) or one for each byte (as SentencePiece does).
 */
final class Utf8Stream {
  private static final char REPLACEMENT = '\uFFFD';

  private final boolean perByte;
  private int character;
  private int held;
  private int missing;
  private int low = 0x80;
  private int high = 0xBF;

  Utf8Stream(boolean perByte) {
    this.perByte = perByte;
  }

  void add(int b, StringBuilder out) {
    if (missing > 0) {
      if (b >= low && b <= high) {
        character = (character << 6) | (b & 0x3F);
        held++;
        missing--;
        low = 0x80;
        high = 0xBF;
        if (missing == 0) {
          out.appendCodePoint(character);
          held = 0;
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

  /** Replaces the beginning of a character that never came to its end. */
  void end(StringBuilder out) {
    for (int i = 0; i < (perByte ? held : Math.min(held, 1)); i++) {
      out.append(REPLACEMENT);
    }
    held = 0;
    missing = 0;
    low = 0x80;
    high = 0xBF;
  }

  private void begin(int bits, int more) {
    character = bits;
    missing = more;
    held = 1;
  }
}
