package rankine.tokenizer;

/** Unicode's White_Space property; all its characters are in the basic multilingual plane. */
final class WhiteSpace {
  private WhiteSpace() {}

  static boolean is(char c) {
    return (c >= '\t' && c <= '\r') || c == 0x85 || Character.isSpaceChar(c);
  }
}
