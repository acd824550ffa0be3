package rankine.tokenizer;

/** Unicode's White_Space property; all of it lies in the basic plane. */
final class WhiteSpace {
  private WhiteSpace() {}

  static boolean is(char c) {
    return (c >= '\t' && c <= '\r') || c == 0x85 || Character.isSpaceChar(c);
  }
}
