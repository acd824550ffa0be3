package rankine.tokenizer;

import java.util.Random;

/** Random strings of parts that are hard to tokenize. */
final class RandomText {
  private static final String[] PARTS = {
    " ",
    "  ",
    "   ",
    "\n",
    "\r\n",
    "\t",
    "\u00a0",
    "\u3000",
    "\u2028",
    "\u0085",
    "\0",
    "\u007f",
    "the",
    "Hello",
    "don't",
    "I'LL",
    "'\u017f",
    "123456",
    "\u0661\u0662",
    "\u2167",
    "caf\u00e9",
    "e\u0301\u0323",
    "\u4e2d\u6587",
    "\uac00",
    "\ud83d\udc4d\ud83c\udffd",
    "\u200d\ufe0f",
    "\ufeff",
    "\u2581",
    "\ufb01",
    "\u212b",
    "<|endof",
    "<s",
    "</",
    "<0x0A>",
    "...",
    "\u0000",
    "http://a.b/c?d=e",
    "{\n\treturn;\n}"
  };

  private RandomText() {}

  /** Well-formed Unicode of up to about 80 characters. */
  static String next(Random random) {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(12);
    for (int i = 0; i < parts; i++) {
      if (random.nextInt(3) > 0) {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      } else {
        text.appendCodePoint(codePoint(random));
      }
    }
    return text.toString();
  }

  private static int codePoint(Random random) {
    int[] limits = {0x80, 0x300, 0x3000, 0x10000, 0x110000};
    int c = random.nextInt(limits[random.nextInt(limits.length)]);
    return c >= 0xD800 && c <= 0xDFFF ? c - 0xD800 : c;
  }
}
