package rankine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's one-to-one map between bytes and printable characters: the byte of a visible Latin-1
 * character maps to that character; the other bytes map, in order, to U+0100 and up.
 */
final class ByteAlphabet {
  private static final char[] OF_BYTE = new char[256];
  private static final int[] TO_BYTE = new int[0x144];

  static {
    Arrays.fill(TO_BYTE, -1);
    char other = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean visible = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
      OF_BYTE[b] = visible ? (char) b : other++;
      TO_BYTE[OF_BYTE[b]] = b;
    }
  }

  private ByteAlphabet() {}

  /** Maps each UTF-8 byte of well-formed {@code text} to its character. */
  static String encode(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    char[] chars = new char[utf8.length];
    for (int i = 0; i < utf8.length; i++) {
      chars[i] = OF_BYTE[utf8[i] & 0xFF];
    }
    return new String(chars);
  }

  /** The byte of the character {@code c}, or -1. */
  static int toByte(char c) {
    return c < TO_BYTE.length ? TO_BYTE[c] : -1;
  }
}
